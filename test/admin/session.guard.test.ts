import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionEntity } from '../../src/auth/session/session.entity.js';
import { SessionReader } from '../../src/auth/session/session.reader.js';
import { ROWS_OF_ADDRESS } from '../../src/changes/denied.rows.js';
import { MANAGEMENT_TOKEN, TestApp, until } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { StoreStatements } from '../support/database.statements.js';
import { operator } from '../support/operators.js';
import { RawClient } from '../support/raw.client.js';
import { Browser, outcomeOf, PLAIN, query, SAME_ORIGIN, sentenceOf } from './browser.js';

const NEXT = 'next-canary-0123456789abcdefghijklmnopq';

describe('the guard of sessions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.close());

  it('judges a call with Authorization by that alone', async () => {
    const browser = await Browser.signedIn(app);
    const by = (authorization: string) => browser.outcome('GET', '/manage/projects', undefined, { authorization });
    expect(await by('Bearer wrong')).toBe('401 unauthorized');
    expect(await by('Basic x')).toBe('401 unauthorized');
    browser.cookie = `${PLAIN}=${'x'.repeat(43)}`;
    expect(await by(`Bearer ${MANAGEMENT_TOKEN}`)).toBe(200);
    // Nor does it need what the web interface sends.
    const plain = await app.manage('POST', '/manage/projects', { name: 'plain', api_key: 'sk-x' });
    expect(plain.status).toBe(201);
  });

  it.each([
    ['a form of another site', 'POST', { 'sec-fetch-site': 'cross-site' }],
    ['a page of a subdomain', 'GET', { 'sec-fetch-site': 'same-site' }],
    ['a page without our header', 'POST', { 'x-llm-proxy-admin': '' }],
    ['a page of another origin over http', 'POST', { 'sec-fetch-site': '', origin: 'http://evil.test' }],
  ])('refuses %s, and writes that down', async (_what, method, headers) => {
    const browser = await Browser.signedIn(app, { name: 'Ana' });
    const call = await browser.call(method, '/manage/tokens', method === 'POST' ? {} : undefined, headers);
    expect([call.status, await call.text()]).toEqual([403, expect.stringContaining('"cross_site_request"')]);
    // The cookie stays: its holder has done nothing wrong.
    expect(browser.cookie).toBeDefined();
    const [row] = await query(app, 'SELECT * FROM audit_events ORDER BY seq DESC LIMIT 1');
    expect(row).toMatchObject({ action: 'auth.denied', outcome: 'denied', reason: 'cross_site_request' });
  });

  it('knows its own origin behind a trusted proxy that changes the host', async () => {
    const behind = await TestApp.start({ TRUSTED_PROXIES: '127.0.0.1' });
    const browser = await Browser.signedIn(behind);
    const origin = 'https://admin.example.test';
    const call = (host?: string) =>
      fetch(`${behind.url}/manage/tokens/lookup`, {
        method: 'POST',
        headers: {
          origin,
          cookie: browser.cookie!,
          'x-llm-proxy-admin': '1',
          'content-type': 'application/json',
          ...(host === undefined ? {} : { 'x-forwarded-host': host }),
        },
        body: JSON.stringify({ token: 'sk-wt-x' }),
      });
    expect((await call('admin.example.test')).status).not.toBe(403);
    const refused = await call();
    expect([refused.status, await sentenceOf(refused)]).toEqual([
      403,
      expect.stringMatching(/admin\.example\.test.*127\.0\.0\.1/),
    ]);
    await behind.close();
  });

  it('does not throttle cookies, nor a session at a blocked address', async () => {
    const blocked = await TestApp.start();
    const browser = await Browser.signedIn(blocked);
    for (let i = 0; i < 40; i += 1) await blocked.manage('GET', '/manage/projects', undefined, 'wrong');
    expect(await outcomeOf(await blocked.manage('GET', '/manage/projects', undefined, 'wrong'))).toBe(
      '429 too_many_attempts',
    );
    expect(await browser.outcome('GET', '/manage/projects')).toBe(200);
    const stranger = new Browser(blocked);
    stranger.cookie = `${PLAIN}=${'x'.repeat(43)}`;
    expect(await stranger.outcome('GET', '/manage/projects')).toBe('401 session_ended');
    await blocked.close();
  });

  it('writes down a call with an ended session, as one with another wrong credential', async () => {
    const browser = await Browser.signedIn(app, { name: 'Ana' });
    const { cookie } = browser;
    await browser.call('DELETE', '/manage/session');
    const calls = [
      ['GET', '/manage/tokens', cookie],
      ['POST', '/manage/projects', `${PLAIN}=${'x'.repeat(43)}`],
    ] as const;
    for (const [method, path, sent] of calls)
      expect(await browser.outcome(method, path, undefined, { cookie: sent! })).toBe('401 session_ended');
    const rows = await query(app, 'SELECT * FROM audit_events ORDER BY seq DESC LIMIT 2');
    const denied = { action: 'auth.denied', outcome: 'denied', reason: 'session_ended', client_ip: '127.0.0.1' };
    expect(rows).toMatchObject([
      { ...denied, metadata: '{"attempted":"project.create"}' },
      { ...denied, metadata: '{"attempted":"GET /manage/tokens"}' },
    ]);
  });

  it('asks for no session for 10,000 made-up cookies, and writes few of them down', async () => {
    const statements = new StoreStatements(app.running.app.get(DataSource));
    const client = await RawClient.connect(app.port);
    for (let i = 0; i < 10_000; i += 1) {
      const value = randomBytes(32).toString('base64url');
      const headers: [string, string][] = [['Cookie', `${PLAIN}=${value}`], ...Object.entries(SAME_ORIGIN)];
      await client.send({ method: i % 2 ? 'GET' : 'DELETE', target: '/manage/sessions?except=this', headers });
      const { status } = await client.response();
      if (status !== 401) throw new Error(`a made-up cookie got ${status}`);
    }
    client.destroy();
    expect(statements.with('admin_sessions')).toBe(0);
    const [{ n } = { n: 0 }] = await query(
      app,
      "SELECT COUNT(*) AS n FROM audit_events WHERE reason = 'session_ended'",
    );
    // The calls may be those of two minutes.
    expect(Number(n)).toBeGreaterThanOrEqual(1);
    expect(Number(n)).toBeLessThanOrEqual(2 * ROWS_OF_ADDRESS);
  }, 120_000);

  it('judges a session again after a slow body', async () => {
    const browser = await Browser.signedIn(app);
    const client = await RawClient.connect(app.port);
    const body = JSON.stringify({ name: 'too late', api_key: 'sk-x' });
    const lines = [
      'POST /manage/projects HTTP/1.1',
      'Host: x',
      `Cookie: ${browser.cookie}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      ...Object.entries(SAME_ORIGIN).map(([name, value]) => `${name}: ${value}`),
    ];
    void client.write(`${lines.join('\r\n')}\r\n\r\n${body.slice(0, 5)}`);
    await until('the call has begun', () => app.running.lifecycle.running > 0);
    expect((await browser.call('DELETE', '/manage/session')).status).toBe(204);
    void client.write(body.slice(5));
    const { status } = await client.response();
    expect(status).toBe(401);
    client.destroy();
  });
});

onEveryStore('a session', (store) => {
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

  /** The refusal of a session after a change of its row. */
  const after = async (change: string, body: object = {}): Promise<string> => {
    const browser = await Browser.signedIn(app, body);
    await query(app, `UPDATE admin_sessions SET ${change} WHERE id = '${browser.session.id}'`);
    const answer = await browser.call('GET', '/manage/projects');
    return answer.ok ? 'ok' : sentenceOf(answer);
  };
  const hours = (n: number) => Math.round(n * 3_600_000);

  it('ends when it is not used, later when it is remembered', async () => {
    expect(await after(`last_seen_at = last_seen_at - ${hours(0.9)}`)).toBe('ok');
    expect(await after(`last_seen_at = last_seen_at - ${hours(1.1)}`)).toContain('not used for too long');
    expect(await after(`last_seen_at = last_seen_at - ${hours(160)}`, { remember: true })).toBe('ok');
    expect(await after(`last_seen_at = last_seen_at - ${hours(170)}`, { remember: true })).toContain('not used');
  });

  it('is worth nothing with a changed row', async () => {
    const own = store.driver === 'mysql' ? "CONCAT(mark, '')" : "mark || ''";
    for (const change of [
      'expires_at = expires_at + 1',
      'created_at = created_at + 1',
      `remember = ${store.driver === 'sqlite' ? '1' : 'true'}`,
      "operator_id = '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10'",
      "mark = 'forged'",
    ])
      expect([change, await after(change)]).toEqual([
        change,
        expect.stringContaining('not valid with the management token'),
      ]);
    expect(await after(`mark = ${own}`)).toBe('ok');
  });

  it('is not made by copying the mark of another', async () => {
    const browser = await Browser.signedIn(app);
    const other = await Browser.signedIn(app);
    await query(app, `UPDATE admin_sessions SET ended_at = 1 WHERE id = '${browser.session.id}'`);
    await query(app, `DELETE FROM admin_sessions WHERE id = '${other.session.id}'`);
    expect(await sentenceOf(await other.call('GET', '/manage/projects'))).toContain('not in the list');
    expect(await browser.outcome('GET', '/manage/projects')).toBe('401 session_ended');
  });

  it('notes its use to the minute, but no polls and no streams', async () => {
    const browser = await Browser.signedIn(app);
    const { id } = browser.session;
    const seen = async (): Promise<number> =>
      Number((await query(app, `SELECT last_seen_at FROM admin_sessions WHERE id = '${id}'`))[0]!['last_seen_at']);
    const earlier = (await seen()) - 120_000;
    await query(app, `UPDATE admin_sessions SET last_seen_at = ${earlier} WHERE id = '${id}'`);
    expect(await browser.outcome('GET', '/manage/projects', undefined, { 'x-llm-proxy-background': '1' })).toBe(200);
    expect(await browser.outcome('GET', '/manage/projects', undefined, { accept: 'text/event-stream' })).toBe(200);
    expect(await seen()).toBe(earlier);
    expect(await browser.outcome('GET', '/manage/projects')).toBe(200);
    await until('the use is written', async () => (await seen()) > earlier);
    const first = await seen();
    for (let i = 0; i < 3; i += 1) await browser.outcome('GET', '/manage/projects');
    expect(await seen()).toBe(first);
  });

  it('is brought back by no late use', async () => {
    const browser = await Browser.signedIn(app);
    const reader = app.running.app.get(SessionReader, { strict: false });
    const where = `WHERE id = '${browser.session.id}'`;
    const late = [
      `last_seen_at = ${Date.now() - hours(1.1)}`,
      `last_seen_at = ${Date.now() - hours(0.5)}, expires_at = ${Date.now() - 1}`,
      `last_seen_at = ${Date.now() - hours(0.5)}, expires_at = ${Date.now() + hours(1)}, ended_at = 1`,
    ];
    for (const change of late) {
      await query(app, `UPDATE admin_sessions SET ${change} ${where}`);
      const before = await query(app, `SELECT * FROM admin_sessions ${where}`);
      await reader.seen({ id: browser.session.id, lastSeenAt: 1, remember: false } as SessionEntity);
      expect(await query(app, `SELECT * FROM admin_sessions ${where}`)).toEqual(before);
    }
  });

  it('follows its operator: narrowed, revoked, brought back, expired', async () => {
    const { id: projectId } = await app.project();
    const { id, token } = await operator(app, { role: 'manager', projects: [projectId] });
    const browser = await Browser.signedIn(app, {}, token);
    const make = () => browser.outcome('POST', '/manage/tokens', { project_id: projectId });
    expect(await make()).toBe(201);
    await app.manage('PATCH', `/manage/operators/${id}`, { role: 'viewer' });
    expect(await make()).toBe('403 role_not_allowed');
    const other = await Browser.signedIn(app);
    const end: Record<string, () => Promise<unknown>> = {
      revoked: () => app.manage('DELETE', `/manage/operators/${id}`),
      deactivated: () => app.manage('PATCH', `/manage/operators/${id}`, { is_active: false }),
      expired: () => query(app, `UPDATE operators SET expires_at = 1 WHERE id = '${id}'`),
    };
    for (const [how, ends] of Object.entries(end)) {
      const signedIn = await Browser.signedIn(app, {}, token);
      const { cookie } = signedIn;
      await ends();
      if (how === 'expired') await app.manage('PATCH', `/manage/operators/${id}`, { name: `renamed ${store.driver}` });
      expect(await sentenceOf(await signedIn.call('GET', '/manage/projects'))).toContain('its operator is revoked');
      // None of them comes back with its operator.
      await app.manage('PATCH', `/manage/operators/${id}`, { is_active: true, expires_at: null });
      const again = await signedIn.call('GET', '/manage/projects', undefined, { cookie: cookie! });
      expect([how, again.status, await sentenceOf(again)]).toEqual([how, 401, expect.stringContaining('its operator')]);
      const rows = await query(app, `SELECT ended_by FROM admin_sessions WHERE id = '${signedIn.session.id}'`);
      expect(rows).toEqual([{ ended_by: 'operator' }]);
    }
    expect(await other.outcome('GET', '/manage/projects')).toBe(200);
  });

  it('outlives a rotation, until the former management token goes', async () => {
    const browser = await Browser.signedIn(app, { remember: true });
    const { cookie } = browser;
    await app.close(true);
    app = await TestApp.start({
      ...app.variables,
      MANAGEMENT_TOKEN: NEXT,
      MANAGEMENT_TOKEN_PREVIOUS: MANAGEMENT_TOKEN,
    });
    const moved = new Browser(app);
    moved.cookie = cookie;
    expect(await moved.outcome('GET', '/manage/projects')).toBe(200);
    // A login decides by its token, not by its time.
    const { token } = await operator(app);
    const byFormer = await Browser.signedIn(app, {}, MANAGEMENT_TOKEN);
    const byNew = [await Browser.signedIn(app, {}, NEXT), await Browser.signedIn(app, {}, token)];
    expect(await byFormer.outcome('GET', '/manage/projects')).toBe(200);
    await app.close(true);
    app = await TestApp.start({ ...app.variables, MANAGEMENT_TOKEN: NEXT, MANAGEMENT_TOKEN_PREVIOUS: '' });
    const late = new Browser(app);
    late.cookie = cookie;
    expect(await sentenceOf(await late.call('GET', '/manage/projects'))).toContain(
      'not valid with the management token',
    );
    const outcomes = [byFormer, ...byNew].map(({ cookie: own }) =>
      late.outcome('GET', '/manage/projects', undefined, { cookie: own! }),
    );
    expect(await Promise.all(outcomes)).toEqual(['401 session_ended', 200, 200]);
    const list = await app.manage('GET', '/manage/sessions', undefined, NEXT);
    const ids = ((await list.json()) as { id: string }[]).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(byNew.map(({ session }) => session.id).toSorted());
    // The token that comes back brings no session back.
    await app.close(true);
    app = await TestApp.start({ ...app.variables, MANAGEMENT_TOKEN });
    const back = new Browser(app);
    for (const former of [cookie, byFormer.cookie]) {
      back.cookie = former;
      expect(await sentenceOf(await back.call('GET', '/manage/projects'))).toContain('token was exchanged');
    }
    back.cookie = byNew[0]!.cookie;
    expect(await sentenceOf(await back.call('GET', '/manage/projects'))).toContain('not valid with the management');
  });
});
