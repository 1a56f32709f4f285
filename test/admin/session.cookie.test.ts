import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { answer } from '../support/upstream.scenarios.js';
import { Browser, PLAIN, query, SECURE } from './browser.js';

describe('the cookie of a session', () => {
  let upstream: RecordingUpstream;
  let app: TestApp;
  beforeAll(async () => {
    upstream = await RecordingUpstream.start();
    app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl });
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
  });

  const setBy = async (body: object, headers: Record<string, string> = {}): Promise<string[]> =>
    (await new Browser(app).signIn(body, undefined, headers)).headers.getSetCookie();

  it('ends with the browser, unless it is to be remembered', async () => {
    const plain = /^llm_proxy_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/;
    expect(await setBy({})).toEqual([expect.stringMatching(plain)]);
    expect(await setBy({ remember: true })).toEqual([expect.stringMatching(/; Max-Age=2592000$/)]);
  });

  it('is bound to this host and to TLS when the page came over https', async () => {
    const secure = /^__Host-llm_proxy_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/;
    expect(await setBy({}, { origin: 'https://proxy.test' })).toEqual([expect.stringMatching(secure)]);
    expect(await setBy({}, { origin: 'http://proxy.test' })).toEqual([expect.stringMatching(`^${PLAIN}=`)]);
  });

  it('is read under both names, the one of TLS first', async () => {
    const browser = await Browser.signedIn(app);
    const { secret } = browser;
    const withCookie = (cookie: string) => browser.outcome('GET', '/manage/session', undefined, { cookie });
    expect(await withCookie(`${SECURE}=${secret}`)).toBe(200);
    expect(await withCookie(`${SECURE}=${secret}; ${PLAIN}=${'x'.repeat(43)}`)).toBe(200);
    expect(await withCookie(`${PLAIN}=${secret}; ${SECURE}=${'x'.repeat(43)}`)).toBe('401 session_ended');
    expect(await withCookie(`other=${secret}`)).toBe('401 unauthorized');
  });

  it('is taken away under both names by a logout', async () => {
    const browser = await Browser.signedIn(app);
    const answered = await browser.call('DELETE', '/manage/session');
    expect(answered.headers.getSetCookie()).toEqual(
      [SECURE, PLAIN].map((name) => expect.stringMatching(`^${name}=; .*Max-Age=0$`)),
    );
  });

  const BEARER = { authorization: `Bearer ${MANAGEMENT_TOKEN}` };
  it.each([
    ['a login', 'POST', BEARER, 201, ['other', 'one']],
    ['a logout', 'DELETE', {}, 204, ['one']],
    ['a logout with a bearer credential', 'DELETE', BEARER, 204, ['other', 'one']],
  ] as const)('%s ends both, where both came along', async (_, method, headers, status, noted) => {
    const [one, other, kept] = [await Browser.signedIn(app), await Browser.signedIn(app), await Browser.signedIn(app)];
    const browser = new Browser(app);
    browser.cookie = `${PLAIN}=${one.secret}; ${SECURE}=${other.secret}`;
    const body = method === 'POST' ? {} : undefined;
    expect(await browser.outcome(method, '/manage/session', body, headers)).toBe(status);
    for (const ended of [one, other]) expect(await ended.outcome('GET', '/manage/session')).toBe('401 session_ended');
    expect(await kept.outcome('GET', '/manage/session')).toBe(200);
    const ids = { one: one.session.id, other: other.session.id };
    const [row] = await query(
      app,
      "SELECT metadata FROM audit_events WHERE action LIKE 'admin.log%' ORDER BY seq DESC LIMIT 1",
    );
    const { replaced, ended } = JSON.parse(row!['metadata'] as string) as Record<string, unknown>;
    expect(replaced ?? ended).toEqual(noted.map((name) => ids[name]));
  });

  it('is neither read nor forwarded under /v1', async () => {
    upstream.reply(answer({ status: 200, body: '{}' }));
    const browser = await Browser.signedIn(app);
    const { token } = await app.token();
    const alone = await browser.call('GET', '/v1/models');
    expect([alone.status, alone.headers.get('set-cookie')]).toEqual([401, null]);
    const proxied = await browser.call('GET', '/v1/models', undefined, { authorization: `Bearer ${token}` });
    expect(proxied.status).toBe(200);
    expect(JSON.stringify(upstream.requests)).not.toContain(browser.secret);
  });

  it('is in no line of the log', async () => {
    const browser = await Browser.signedIn(app, { name: 'canary' });
    const { secret } = browser;
    await browser.call('GET', '/manage/projects');
    await browser.call('DELETE', '/manage/session');
    await browser.call('GET', '/manage/projects');
    expect(
      app.accessLines.find((line) => line['operator_name'] === 'canary' && line['method'] === 'GET'),
    ).toMatchObject({
      actor: 'admin',
      session_id: browser.session.id,
    });
    expect(app.log).not.toContain(secret);
  });

  it('is not remembered where that is switched off', async () => {
    const strict = await TestApp.start({ ADMIN_REMEMBER_MAX: '0s' });
    const refused = await strict.manage('POST', '/manage/session', { remember: true });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('ADMIN_REMEMBER_MAX')]);
    const view = await (await strict.manage('GET', '/manage/session')).json();
    expect(view).toMatchObject({ remember_seconds: 0 });
    await strict.close();
  });

  it('opens nothing where the web interface is switched off', async () => {
    const off = await app.restart({ ADMIN_UI_ENABLED: 'false' });
    const browser = new Browser(off);
    expect((await browser.signIn()).status).toBe(404);
    app = await off.restart({ ADMIN_UI_ENABLED: 'true' });
    const signedIn = await Browser.signedIn(app);
    app = await app.restart({ ADMIN_UI_ENABLED: 'false' });
    const answered = await signedIn.call('GET', '/manage/projects', undefined, {}, app);
    expect(answered.status).toBe(401);
    expect(await answered.text()).toContain('"unauthorized"');
  });
});
