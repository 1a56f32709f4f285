import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import { MANAGEMENT_TOKEN, type ProjectAnswer, TestApp } from '../support/app.js';
import { rowsOf } from '../support/audit.rows.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { operator } from '../support/operators.js';

const KEY = 'sk-proj-first-canary-ABCDEFGHIJKLMNOPQRST-same';
/** Has the same display form. */
const OTHER_KEY = 'sk-proj-other-canary-ABCDEFGHIJKLMNOPQRST-same';

/** What the tests read of answers. */
interface Answer {
  readonly id: string;
  readonly token: string;
  readonly api_key: string;
}

onEveryStore('a management call that succeeds', (store) => {
  let database: FreshStore;
  let app: TestApp;
  let project: ProjectAnswer;
  beforeAll(async () => {
    database = await store.fresh();
    app = await TestApp.start(database.variables);
    project = await app.project();
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  /** The one row of a call, and its answer. */
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<{ row: AuditRow; answer: Answer }> => {
    let text = '';
    const [row, ...more] = await rowsOf(app, async () => {
      const response = await app.manage(method, path, body, token);
      expect(response.status).toBeLessThan(300);
      text = await response.text();
    });
    expect(more).toEqual([]);
    expect(row).toMatchObject({ outcome: 'success', method, path, client_ip: '127.0.0.1', origin: 'api' });
    expect(row!.request_id).toMatch(/^[0-9a-f-]{36}$/);
    return { row: row!, answer: (text === '' ? undefined : JSON.parse(text)) as Answer };
  };
  const token = () => app.token({ project_id: project.id });

  it('creates a project, and the row shows its key in the display form', async () => {
    const { row, answer } = await call('POST', '/manage/projects', {
      name: 'shown',
      api_key: KEY,
      labels: { team: 'a' },
      token_maxima: { max_requests: 5 },
    });
    expect(row).toMatchObject({ action: 'project.create', actor: 'management_api', project_id: answer.id });
    expect(row).not.toHaveProperty('metadata');
    expect(row.changes).toEqual({
      name: { from: null, to: 'shown' },
      api_key: { from: null, to: answer.api_key },
      is_active: { from: null, to: true },
      labels: { from: null, to: { team: 'a' } },
      token_maxima: { from: null, to: { max_requests: 5 } },
    });
  });

  it('changes a project: only what differs, and a new key of the same display form', async () => {
    const { id, api_key: shown } = await app.project({ api_key: KEY, note: 'stays' });
    const { row } = await call('PATCH', `/manage/projects/${id}`, { api_key: OTHER_KEY, note: 'stays', owner: 'ana' });
    expect(row).toMatchObject({ action: 'project.update', project_id: id, metadata: { api_key_replaced: true } });
    expect(row.changes).toEqual({ api_key: { from: shown, to: shown }, owner: { from: null, to: 'ana' } });
    const { row: same } = await call('PATCH', `/manage/projects/${id}`, { api_key: OTHER_KEY });
    expect([same.changes, same.metadata]).toEqual([undefined, undefined]);
    const { row: nothing } = await call('PATCH', `/manage/projects/${id}`, { owner: 'ana' });
    expect([nothing.changes, nothing.metadata]).toEqual([undefined, undefined]);
  });

  it('closes and deletes a project, with the number of its tokens', async () => {
    const { id } = await app.project();
    const tokens: string[] = [];
    for (let n = 0; n < 3; n += 1) tokens.push((await app.token({ project_id: id })).id);
    const { row } = await call('PATCH', `/manage/projects/${id}`, { is_active: false, revoke_tokens: true });
    expect(row).toMatchObject({
      changes: { is_active: { from: true, to: false } },
      metadata: { revoked_count: 3, already_revoked_count: 0, token_ids: tokens.toSorted() },
    });
    const { row: deleted } = await call('DELETE', `/manage/projects/${id}`);
    expect(deleted).toMatchObject({
      action: 'project.delete',
      project_id: id,
      changes: { is_active: { from: false, to: null }, api_key: { to: null } },
      metadata: { revoked_count: 0, already_revoked_count: 3 },
    });
    const { row: again } = await call('DELETE', `/manage/projects/${id}`);
    expect([again.changes, again.metadata]).toEqual([undefined, { repeated: true }]);
  });

  it('creates, changes and revokes a token', async () => {
    const body = { project_id: project.id, name: 'job', max_requests: 7, allowed_models: ['m*'] };
    const { row: created, answer } = await call('POST', '/manage/tokens', body);
    const { id } = answer;
    const subjects = { project_id: project.id, token_id: id };
    expect(created).toMatchObject({ action: 'token.create', ...subjects });
    const { token: display, expires_at: end } = await app.tokenById(id);
    expect(created.changes).toEqual({
      name: { from: null, to: 'job' },
      token: { from: null, to: display },
      is_active: { from: null, to: true },
      expires_at: { from: null, to: end },
      max_requests: { from: null, to: 7 },
      allowed_models: { from: null, to: ['m*'] },
    });
    const { row: changed } = await call('PATCH', `/manage/tokens/${id}`, { max_requests: 9, name: 'job' });
    expect(changed).toMatchObject({ action: 'token.update', ...subjects });
    expect(changed.changes).toEqual({ max_requests: { from: 7, to: 9 } });
    const { row: revoked } = await call('DELETE', `/manage/tokens/${id}`);
    expect(revoked).toMatchObject({ action: 'token.revoke', ...subjects });
    expect(revoked.changes).toEqual({ is_active: { from: true, to: false } });
    const { row: again } = await call('DELETE', `/manage/tokens/${id}`);
    expect([again.changes, again.metadata]).toEqual([undefined, { repeated: true }]);
  });

  it('revokes many tokens, and all of a project', async () => {
    const [one, two, ended] = [await token(), await token(), await token()];
    await app.manage('DELETE', `/manage/tokens/${ended.id}`);
    const ids = [one.id, two.id, ended.id, randomUUID()];
    const { row } = await call('POST', '/manage/tokens/revoke', { ids });
    expect(row).toMatchObject({ action: 'token.revoke', project_id: project.id });
    const { token_ids: revoked, ...counts } = row.metadata as { token_ids: string[] };
    expect(revoked.toSorted()).toEqual([one.id, two.id].toSorted());
    expect(counts).toEqual({ revoked_count: 2, already_revoked_count: 1, not_found_count: 1 });
    const mixed = { ids: [(await token()).id, (await app.token()).id] };
    expect((await call('POST', '/manage/tokens/revoke', mixed)).row).not.toHaveProperty('project_id');
    const { id } = await app.project();
    const { id: last } = await app.token({ project_id: id });
    const { row: all } = await call('POST', `/manage/projects/${id}/tokens/revoke`);
    expect(all).toMatchObject({
      action: 'project.revoke_tokens',
      project_id: id,
      metadata: { revoked_count: 1, already_revoked_count: 0, token_ids: [last] },
    });
  });

  it('replaces a token: the row is about the old one, and names the new one', async () => {
    const old = await token();
    const { row, answer } = await call('POST', `/manage/tokens/${old.id}/replace`, { overlap_minutes: 5 });
    expect(row).toMatchObject({ action: 'token.replace', project_id: project.id, token_id: old.id });
    const { token: display, expires_at: end } = await app.tokenById(answer.id);
    const { expires_at: shortened } = await app.tokenById(old.id);
    expect(row.changes).toEqual({
      expires_at: { from: old['expires_at'], to: shortened },
      replaced_by: { from: null, to: answer.id },
    });
    expect(row.metadata).toMatchObject({
      successor_id: answer.id,
      successor: { token: display, expires_at: end, replaces: old.id },
    });
  });

  it('creates, changes and revokes an operator, and the rows of its calls name it', async () => {
    const { row: created, answer } = await call('POST', '/manage/operators', {
      name: 'ana',
      role: 'manager',
      projects: [project.id],
    });
    expect(created).toMatchObject({ action: 'operator.create', subject_id: answer.id });
    expect(created.changes).toMatchObject({
      name: { from: null, to: 'ana' },
      role: { from: null, to: 'manager' },
      projects: { from: null, to: [project.id] },
    });
    const { row: own } = await call('POST', '/manage/tokens', { project_id: project.id }, answer.token);
    expect(own).toMatchObject({ actor: 'operator', actor_id: answer.id, actor_name: 'ana' });
    const { row: changed } = await call('PATCH', `/manage/operators/${answer.id}`, { role: 'viewer' });
    expect(changed.changes).toEqual({ role: { from: 'manager', to: 'viewer' } });
    const { row: revoked } = await call('DELETE', `/manage/operators/${answer.id}`);
    expect(revoked).toMatchObject({ action: 'operator.revoke', changes: { is_active: { from: true, to: false } } });
    const { row: again } = await call('DELETE', `/manage/operators/${answer.id}`);
    expect([again.changes, again.metadata]).toEqual([undefined, { repeated: true }]);
  });

  it('says which client it came from, and only the root credential may be the web interface', async () => {
    const { token: viewer } = await operator(app, { role: 'admin' });
    const send = async (headers: Record<string, string>, credential = MANAGEMENT_TOKEN) => {
      const [row] = await rowsOf(app, async () =>
        fetch(`${app.url}/manage/projects`, {
          method: 'POST',
          headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ name: randomUUID(), api_key: KEY }),
        }),
      );
      return row!;
    };
    const more = { 'x-correlation-id': 'order-7', 'x-request-id': 'call-1', 'user-agent': 'test é' };
    expect(await send({ 'x-llm-proxy-client': 'cli', ...more })).toMatchObject({
      origin: 'cli',
      correlation_id: 'order-7',
      request_id: 'call-1',
      user_agent: 'test ?',
    });
    expect((await send({ 'x-admin-origin': '1' })).origin).toBe('admin-ui');
    expect((await send({ 'x-admin-origin': '1' }, viewer)).origin).toBe('api');
    expect((await send({ 'x-llm-proxy-client': 'system' })).origin).toBe('api');
  });
});
