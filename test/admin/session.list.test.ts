import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Clock } from '../../src/common/values/clock.js';
import { SessionCleanup } from '../../src/operator/session/session.cleanup.js';
import { TestApp } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';
import { Browser, outcomeOf, query, type SessionAnswer } from './browser.js';

onEveryStore('the list of sessions', (store) => {
  let database: FreshStore;
  let app: TestApp;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
  });
  beforeEach(() => query(app, 'DELETE FROM admin_sessions'));
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const listedBy = async (browser: Browser, search = ''): Promise<SessionAnswer[]> =>
    (await (await browser.call('GET', `/manage/sessions${search}`)).json()) as SessionAnswer[];
  const idsOf = (sessions: readonly SessionAnswer[]) => sessions.map(({ id }) => id).toSorted();
  const newest = async () => (await query(app, 'SELECT * FROM audit_events ORDER BY seq DESC LIMIT 1'))[0]!;

  it('shows an admin all that have not ended, others their own', async () => {
    const [viewer, admin] = [await operator(app), await operator(app, { role: 'admin' })];
    const root = await Browser.signedIn(app, { name: 'Ana', remember: true });
    const ofViewer = await Browser.signedIn(app, { name: 'V' }, viewer.token);
    const ofAdmin = await Browser.signedIn(app, {}, admin.token);
    const all = idsOf([root.session, ofViewer.session, ofAdmin.session]);
    expect(idsOf(await listedBy(root))).toEqual(all);
    expect(idsOf(await listedBy(ofAdmin))).toEqual(all);
    expect(await listedBy(ofViewer)).toEqual([
      {
        id: ofViewer.session.id,
        name: 'V',
        operator_id: viewer.id,
        operator_name: viewer.name,
        remember: false,
        created_at: ofViewer.session['created_at'],
        last_seen_at: ofViewer.session['created_at'],
        expires_at: ofViewer.session['expires_at'],
        client_ip: '127.0.0.1',
        user_agent: 'node',
        is_this: true,
      },
    ]);
    const first = (await listedBy(root)).find(({ id }) => id === root.session.id);
    expect(first).toMatchObject({ name: 'Ana', remember: true, is_this: true });
    expect(first).not.toHaveProperty('operator_id');
    const byBearer = await app.manage('GET', '/manage/sessions?page=2&page_size=2');
    expect([byBearer.headers.get('x-total-count'), ((await byBearer.json()) as unknown[]).length]).toEqual(['3', 1]);
  });

  it('has none that has ended, in whatever way', async () => {
    const [gone, late] = [await operator(app), await operator(app)];
    const root = await Browser.signedIn(app);
    for (const { token } of [gone, late]) await Browser.signedIn(app, {}, token);
    const ended = await Promise.all(['idle', 'old', 'out'].map(() => Browser.signedIn(app)));
    const [idle, old, out] = ended.map(({ session }) => session.id);
    await query(app, `UPDATE admin_sessions SET last_seen_at = 1 WHERE id = '${idle}'`);
    await query(app, `UPDATE admin_sessions SET expires_at = 1 WHERE id = '${old}'`);
    await app.manage('DELETE', `/manage/sessions/${out}`);
    await app.manage('DELETE', `/manage/operators/${gone.id}`);
    await query(app, `UPDATE operators SET expires_at = 1 WHERE id = '${late.id}'`);
    expect(idsOf(await listedBy(root))).toEqual([root.session.id]);
  });

  it('ends one, at once and once', async () => {
    const [root, other] = [await Browser.signedIn(app, { name: 'Ana' }), await Browser.signedIn(app)];
    const { id } = other.session;
    expect(await root.outcome('DELETE', `/manage/sessions/${id}`)).toBe(204);
    const row = { action: 'admin.session_end', session_id: root.session.id, subject_id: id, outcome: 'success' };
    expect(await newest()).toMatchObject({ ...row, metadata: null });
    expect(await other.outcome('GET', '/manage/projects')).toBe('401 session_ended');
    expect(await root.outcome('DELETE', `/manage/sessions/${id}`)).toBe(204);
    expect(await newest()).toMatchObject({ ...row, metadata: '{"repeated":true}' });
    expect(await root.outcome('DELETE', `/manage/sessions/${randomUUID()}`)).toBe('404 session_not_found');
    expect(await root.outcome('DELETE', '/manage/sessions/x')).toBe('400 invalid_id');
  });

  it('hides the sessions of others from who is no admin', async () => {
    const { token } = await operator(app);
    const [root, mine, again] = [
      await Browser.signedIn(app),
      await Browser.signedIn(app, {}, token),
      await Browser.signedIn(app, {}, token),
    ];
    expect(await mine.outcome('DELETE', `/manage/sessions/${root.session.id}`)).toBe('404 session_not_found');
    const ended = await mine.call('DELETE', '/manage/sessions?except=this');
    expect([ended.status, await ended.json()]).toEqual([200, { ended_count: 1 }]);
    expect(await Promise.all([root, mine, again].map((one) => one.outcome('GET', '/manage/session')))).toEqual([
      200,
      200,
      '401 session_ended',
    ]);
  });

  it('ends all others', async () => {
    const root = await Browser.signedIn(app);
    const others = [await Browser.signedIn(app), await Browser.signedIn(app, { remember: true })];
    const ended = await root.call('DELETE', '/manage/sessions?except=this');
    expect(await ended.json()).toEqual({ ended_count: 2 });
    const { session_ids: ids, ...noted } = JSON.parse((await newest())['metadata'] as string) as {
      session_ids: string[];
    };
    expect(noted).toEqual({ ended_count: 2, except: 'this' });
    expect(ids.toSorted()).toEqual(idsOf(others.map(({ session }) => session)));
    for (const other of others) expect(await other.outcome('GET', '/manage/session')).toBe('401 session_ended');
    expect(await root.outcome('GET', '/manage/session')).toBe(200);
    for (const search of ['', '?except=none']) {
      expect(await root.outcome('DELETE', `/manage/sessions${search}`)).toBe('400 validation_failed');
    }
    const byBearer = await app.manage('DELETE', '/manage/sessions?except=this');
    expect(await byBearer.json()).toEqual({ ended_count: 1 });
  });

  it('asks for a recent login where much can be lost', async () => {
    const { id: projectId } = await app.project();
    const recent = await Browser.signedIn(app, { remember: true });
    const old = await Browser.signedIn(app, { remember: true });
    const { id } = old.session;
    // The mark covers the time of the login, so the clock of the server moves.
    const { clock } = clockOf(app);
    const now = clock.now.bind(clock);
    clock.now = () => now() + 13 * 3_600_000;
    const renewed = await Browser.signedIn(app, { remember: true });
    const { id: operatorId } = await operator(app);
    const gone = await operator(app);
    await app.manage('DELETE', `/manage/operators/${gone.id}`);
    const ids = [(await app.token()).id, (await app.token()).id];
    const other = (await Browser.signedIn(app, { remember: true })).session.id;
    const free = [
      ['PATCH', `/manage/projects/${projectId}`, { name: `kept ${store.driver}`, revoke_tokens: false }],
      ['PATCH', `/manage/operators/${operatorId}`, { name: `renamed ${store.driver}` }],
      ['POST', '/manage/tokens/revoke', { ids: [randomUUID()] }],
    ] as const;
    const calls = [
      ['PATCH', `/manage/projects/${projectId}`, { provider: null }],
      ['PATCH', `/manage/projects/${projectId}`, { is_active: false, revoke_tokens: true }],
      ['POST', '/manage/tokens/revoke', { ids }],
      ['POST', '/manage/operators', { name: `minted by ${store.driver}`, role: 'admin' }],
      ['PATCH', `/manage/operators/${operatorId}`, { role: 'admin' }],
      ['PATCH', `/manage/operators/${operatorId}`, { projects: null }],
      ['PATCH', `/manage/operators/${operatorId}`, { expires_at: null }],
      ['PATCH', `/manage/operators/${gone.id}`, { is_active: true }],
      ['DELETE', `/manage/sessions/${other}`],
      ['PATCH', `/manage/projects/${projectId}`, { api_key: 'sk-another-key-0123456789' }],
      ['PATCH', `/manage/projects/${projectId}`, { base_url: null }],
      ['POST', `/manage/projects/${projectId}/tokens/revoke`],
      ['DELETE', '/manage/sessions?except=this'],
      ['DELETE', `/manage/projects/${projectId}`],
    ] as const;
    try {
      for (const [method, path, body] of free) expect(await old.outcome(method, path, body)).toBe(200);
      for (const [method, path, body] of calls)
        expect(await old.outcome(method, path, body)).toBe('403 confirmation_required');
      expect(await newest()).toMatchObject({
        action: 'auth.denied',
        reason: 'confirmation_required',
        session_id: id,
        project_id: projectId,
      });
      for (const [method, path, body] of calls) expect(await renewed.outcome(method, path, body)).toBeLessThan(300);
      expect(await recent.outcome('GET', '/manage/session')).toBe('401 session_ended');
      const own = await Browser.signedIn(app, { remember: true });
      clock.now = () => now() + 26 * 3_600_000;
      expect(await own.outcome('PATCH', `/manage/operators/${operatorId}`, { is_active: false })).toBe(200);
      expect(await own.outcome('DELETE', `/manage/sessions/${own.session.id.toUpperCase()}`)).toBe(204);
    } finally {
      clock.now = now;
    }
  });

  it('forgets them 30 days after their end', async () => {
    const [kept, ended, expired] = [
      await Browser.signedIn(app),
      await Browser.signedIn(app),
      await Browser.signedIn(app),
    ].map(({ session }) => session.id);
    const days = (n: number) => Date.now() - n * 86_400_000;
    await query(app, `UPDATE admin_sessions SET ended_at = ${days(31)} WHERE id = '${ended}'`);
    await query(app, `UPDATE admin_sessions SET expires_at = ${days(31)} WHERE id = '${expired}'`);
    await query(app, `UPDATE admin_sessions SET ended_at = ${days(29)} WHERE id = '${kept}'`);
    const cleanup = app.running.app.get(SessionCleanup, { strict: false });
    expect(await cleanup.clean()).toBe(2);
    expect(await query(app, 'SELECT id FROM admin_sessions')).toEqual([{ id: kept }]);
    expect(await outcomeOf(await app.manage('GET', '/manage/sessions'))).toBe(200);
  });

  const clockOf = (server: TestApp) => ({ clock: server.running.app.get(Clock, { strict: false }) });
});
