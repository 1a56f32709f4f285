import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { Browser, outcomeOf, query, sentenceOf } from './browser.js';

onEveryStore('signing in', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const rowOf = async (id: string): Promise<Record<string, unknown>> =>
    (await query(app, `SELECT * FROM admin_sessions WHERE id = '${id}'`))[0]!;

  it('begins a session of the holder of the management token', async () => {
    const before = Date.now();
    const { session, secret } = await Browser.signedIn(app, { name: ' Ana ' });
    expect(session).toEqual({
      via: 'session',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Ana',
      role: 'admin',
      projects: null,
      remember: false,
      created_at: expect.any(String),
      expires_at: expect.any(String),
      idle_seconds: 3600,
      fresh_until: session['expires_at'],
      remember_seconds: 2_592_000,
    });
    expect(Date.parse(session['created_at'] as string)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(session['expires_at'] as string) - Date.parse(session['created_at'] as string)).toBe(43_200_000);
    const row = await rowOf(session.id);
    expect(row['secret_hash']).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(row).toMatchObject({ operator_id: null, name: 'Ana', client_ip: '127.0.0.1', ended_at: null });
    expect(JSON.stringify(row)).not.toContain(secret);
  });

  it('lets its calls through, without the token', async () => {
    const browser = await Browser.signedIn(app, { name: 'Ana' });
    const me = await browser.call('GET', '/manage/whoami');
    expect(await me.json()).toEqual({ kind: 'session', name: 'Ana', role: 'admin', projects: null });
    expect(await (await browser.call('GET', '/manage/session')).json()).toEqual(browser.session);
    expect(await browser.outcome('POST', '/manage/projects', { name: `of ${store.driver}`, api_key: 'sk-x' })).toBe(
      201,
    );
  });

  it('keeps the role and the projects of an operator', async () => {
    const { id: projectId } = await app.project();
    const { id, name, token } = await operator(app, { role: 'manager', projects: [projectId] });
    const browser = await Browser.signedIn(app, { name: 'other' }, token);
    expect(browser.session).toMatchObject({ name, role: 'manager', projects: [projectId] });
    const me = await browser.call('GET', '/manage/whoami');
    expect(await me.json()).toEqual({ kind: 'session', id, name, role: 'manager', projects: [projectId] });
    expect(await browser.outcome('POST', '/manage/tokens', { project_id: projectId })).toBe(201);
    expect(await browser.outcome('POST', '/manage/projects', { name: 'x', api_key: 'sk-x' })).toBe(
      '403 role_not_allowed',
    );
  });

  it('takes the credential alone: a cookie begins no session', async () => {
    const browser = await Browser.signedIn(app);
    expect(await browser.outcome('POST', '/manage/session', {})).toBe('401 unauthorized');
    expect(await outcomeOf(await app.manage('POST', '/manage/session', {}, null))).toBe('401 unauthorized');
    expect(await outcomeOf(await app.manage('POST', '/manage/session', {}, 'wrong'))).toBe('401 unauthorized');
    expect(await browser.outcome('GET', '/manage/session')).toBe(200);
  });

  it('says of a bearer call that it has no session', async () => {
    const answer = await app.manage('GET', '/manage/session');
    expect(await answer.json()).toEqual({ via: 'bearer', role: 'admin', projects: null, remember_seconds: 2_592_000 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('ends the session whose cookie came along', async () => {
    const browser = await Browser.signedIn(app);
    const { session: former, cookie } = browser;
    expect((await browser.signIn()).status).toBe(201);
    expect(browser.cookie).not.toBe(cookie);
    expect(await rowOf(former.id)).toMatchObject({ ended_by: 'replaced' });
    const old = new Browser(app);
    old.cookie = cookie;
    const answer = await old.call('GET', '/manage/projects');
    expect(await sentenceOf(answer)).toContain('a later login took its place');
    expect(await browser.outcome('GET', '/manage/projects')).toBe(200);
  });

  it('needs no body', async () => {
    expect((await app.manage('POST', '/manage/session')).status).toBe(201);
  });

  it.each([
    [{ name: '' }, 'name must have 1 to 60 characters'],
    [{ name: 'x'.repeat(61) }, 'name must have 1 to 60 characters'],
    [{ name: 'a\nb' }, 'name must not contain control characters'],
    ...['\u202e', '\u200b', '\u2066', '\ufeff'].map((character): [object, string] => [
      { name: `A${character}na` },
      'name must not contain characters that are not seen or change the direction of text',
    ]),
    ...[MANAGEMENT_TOKEN, ENCRYPTION_KEY].map((secret): [object, string] => [
      { name: `x ${secret}` },
      'name must not contain a key or a token',
    ]),
    [{ name: 'sk-proj-0123456789abcdefghij' }, 'name must not contain a key or a token'],
    [{ remember: 'yes' }, 'remember must be true or false'],
    [{ token: 'x' }, 'token is not a known field'],
  ])('refuses %o', async (body, problem) => {
    const answer = await app.manage('POST', '/manage/session', body);
    expect([answer.status, await sentenceOf(answer)]).toEqual([400, problem]);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('keeps no secret of its User-Agent', async () => {
    const agent = `curl ${MANAGEMENT_TOKEN} ${ENCRYPTION_KEY} sk-proj-0123456789abcdefghij Bearer abcdefghijklmnop1234`;
    const answer = await new Browser(app).signIn({}, undefined, { 'user-agent': agent });
    const row = await rowOf(((await answer.json()) as { id: string }).id);
    expect(row['user_agent']).toBe('curl … … sk-… Bearer …');
  });

  it('ends with a logout, on the server too', async () => {
    const browser = await Browser.signedIn(app);
    const { cookie, session } = browser;
    const answer = await browser.call('DELETE', '/manage/session');
    expect([answer.status, browser.cookie]).toEqual([204, undefined]);
    expect(await rowOf(session.id)).toMatchObject({ ended_by: 'logout' });
    browser.cookie = cookie;
    const refused = await browser.call('GET', '/manage/projects');
    expect([refused.status, await sentenceOf(refused)]).toEqual([
      401,
      'This session has ended: it was signed out. Sign in again.',
    ]);
    // A refusal takes no cookie away: it may come after the next login, and would sign that out.
    expect([browser.cookie, refused.headers.getSetCookie()]).toEqual([cookie, []]);
    expect((await app.manage('DELETE', '/manage/session')).status).toBe(204);
  });

  it('leaves a row each in the audit log', async () => {
    const { token, id: operatorId, name } = await operator(app, { role: 'admin' });
    const before = (await query(app, 'SELECT seq FROM audit_events')).length;
    const browser = await Browser.signedIn(app, { name: 'Ana' });
    const { id } = browser.session;
    await browser.call('POST', '/manage/projects', { name: `audited by ${store.driver}`, api_key: 'sk-x' });
    await browser.call('PATCH', `/manage/projects/${operatorId}`, { name: 'x' });
    await browser.call('DELETE', '/manage/session');
    await browser.call('GET', '/manage/projects', undefined, { cookie: '' });
    await browser.signIn({}, 'wrong');
    await browser.signIn({ name: '' });
    const other = await Browser.signedIn(app, {}, token);
    const rows = (await query(app, 'SELECT * FROM audit_events ORDER BY seq')).slice(before);
    const bySession = { actor: 'admin', session_id: id, actor_name: 'Ana', actor_id: null, origin: 'admin-ui' };
    expect(rows).toMatchObject([
      { ...bySession, action: 'admin.login', outcome: 'success' },
      { ...bySession, action: 'project.create', outcome: 'success' },
      { ...bySession, action: 'project.update', outcome: 'failure' },
      { ...bySession, action: 'admin.logout', outcome: 'success' },
      { action: 'auth.denied', outcome: 'denied', session_id: null },
      { action: 'admin.login', outcome: 'denied', reason: 'unauthorized', session_id: null },
      { action: 'admin.login', outcome: 'failure', reason: 'validation_failed', actor: 'management_api' },
      { action: 'admin.login', actor: 'admin', actor_id: operatorId, actor_name: name, session_id: other.session.id },
    ]);
    expect(JSON.stringify(rows)).not.toContain(MANAGEMENT_TOKEN);
  });
});
