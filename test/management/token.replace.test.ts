import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestApp, type TokenAnswer, until } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { ChangeEntity } from '../../src/changes/change.entity.js';
import { LabelEntity } from '../../src/project/labels/label.entity.js';
import { LedgerSql } from '../../src/token/ledger/ledger.sql.js';
import { TokenEntity } from '../../src/token/token.entity.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

onEveryStore('the replacement of a token', (onStore) => {
  let app: TestApp;
  let fresh: FreshStore;
  let upstream: RecordingUpstream;
  let projectId: string;
  beforeAll(async () => {
    fresh = await onStore.fresh();
    upstream = await RecordingUpstream.start();
    app = await TestApp.start({
      ...fresh.variables,
      OPENAI_API_URL: upstream.baseUrl,
    });
    projectId = (await app.project()).id;
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
    await fresh.drop();
  });

  const token = (fields = {}) => app.token({ project_id: projectId, ...fields });
  const replace = async (id: string, body: object = { overlap_minutes: 60 }) => {
    const answer = await app.manage('POST', `/manage/tokens/${id}/replace`, body);
    return {
      status: answer.status,
      body: (await answer.json()) as TokenAnswer & {
        code?: string;
        error?: string;
      },
    };
  };
  const replaced = async (id: string, body?: object) => {
    const answer = await replace(id, body);
    expect([answer.status, answer.body.error]).toEqual([201, undefined]);
    return answer.body;
  };
  /** `200`, or the code of the refusal. */
  const call = async ({ token: secret }: { token: string }) => {
    const answer = await fetch(`${app.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: '{}',
    });
    await answer.arrayBuffer();
    return answer.headers.get('x-proxy-error') ?? String(answer.status);
  };
  const row = (id: string) => app.running.app.get(DataSource).manager.findOneByOrFail(TokenEntity, { id });

  it('makes a token with all of the old one but its secret, and links both', async () => {
    const scope = {
      allowed_models: ['gpt-*'],
      allowed_endpoints: ['/v1/**'],
      allowed_ips: ['127.0.0.0/8'],
    };
    const limits = {
      max_requests: 10,
      rate_limit_per_minute: 100,
      max_concurrent: 5,
    };
    const old = await token({
      name: 'nightly job',
      duration_minutes: DAY_MINUTES,
      ...scope,
      ...limits,
    });
    const database = app.running.app.get(DataSource).manager;
    await database.update(TokenEntity, { id: old.id }, { labels: { team: 'web' }, owner: 'ann', note: 'hers' });
    await database.insert(LabelEntity, {
      label: 'team=web',
      subject: 'token',
      subjectId: old.id,
    });
    const begun = Date.now();
    const next = await replaced(old.id);
    expect(next).toMatchObject({
      name: 'nightly job',
      project_id: projectId,
      ...scope,
      ...limits,
      replaces: old.id,
    });
    expect(next.token).toMatch(/^sk-wt-.{38}/);
    expect(next.id).not.toBe(old.id);
    expect(Date.parse(String(next.expires_at)) - begun).toBeGreaterThanOrEqual(DAY_MINUTES * MINUTE_MS - 1000);
    expect(await row(next.id)).toMatchObject({
      labels: { team: 'web' },
      owner: 'ann',
      note: 'hers',
      nameLower: 'nightly job',
    });
    expect(
      await database.countBy(LabelEntity, {
        label: 'team=web',
        subjectId: next.id,
      }),
    ).toBe(1);
    const before = await app.tokenById(old.id);
    expect(before).toMatchObject({ replaced_by: next.id, status: 'withering' });
    expect(Date.parse(String(before.expires_at)) - begun).toBeLessThanOrEqual(61 * MINUTE_MS);
    expect(await app.tokenById(next.id)).toMatchObject({
      replaces: old.id,
      token: expect.stringContaining('…'),
    });
  });

  it('gives the new token the lifetime that is asked for, and the old one no longer life than it had', async () => {
    const old = await token({ duration_minutes: 30 });
    const begun = Date.now();
    const next = await replaced(old.id, {
      overlap_minutes: 600,
      duration_minutes: 5,
    });
    expect(Date.parse(String(next.expires_at)) - begun).toBeLessThan(6 * MINUTE_MS);
    expect((await app.tokenById(old.id)).expires_at).toBe(old.expires_at);
  });

  it('counts both against one cap, from what was used before', async () => {
    const old = await token({ max_requests: 5 });
    expect([await call(old), await call(old)]).toEqual(['200', '200']);
    const next = await replaced(old.id);
    expect(next).toMatchObject({
      max_requests: 5,
      request_count: 2,
      remaining_requests: 3,
    });
    expect([await call(old), await call(next), await call(old)]).toEqual(['200', '200', '200']);
    expect([await call(old), await call(next)]).toEqual(['token_exhausted', 'token_exhausted']);
    for (const { id } of [old, next])
      expect(await app.tokenById(id)).toMatchObject({
        request_count: 5,
        remaining_requests: 0,
      });
    expect([(await row(old.id)).requestCount, (await row(next.id)).requestCount]).toEqual([2, 5]);
    await until('the last use of the old one is written', async () => {
      const [a, b] = [(await row(old.id)).lastUsedAt, (await row(next.id)).lastUsedAt];
      return a !== null && b !== null && a >= b;
    });
  });

  it('of a replacement again counts all three on the newest', async () => {
    const first = await token({ max_requests: 4 });
    expect(await call(first)).toBe('200');
    const second = await replaced(first.id);
    const third = await replaced(second.id);
    expect([await call(first), await call(second), await call(third)]).toEqual(['200', '200', '200']);
    for (const one of [first, second, third]) expect(await call(one)).toBe('token_exhausted');
    expect((await row(third.id)).requestCount).toBe(4);
    expect([(await row(first.id)).accountId, (await row(second.id)).accountId]).toEqual([third.id, third.id]);
    const { body } = await replace(first.id);
    expect([body.code, body.error]).toEqual(['token_replaced', expect.stringContaining(second.id)]);
  });

  it('adds the requests of uncapped tokens on the newest too, whenever they were made', async () => {
    const old = await token();
    const early = [await call(old), await call(old)];
    const next = await replaced(old.id);
    const late = [await call(old), await call(next)];
    expect([...early, ...late]).toEqual(['200', '200', '200', '200']);
    await until('they are written', async () => (await app.tokenById(next.id)).request_count === 4);
    expect(await app.tokenById(old.id)).toMatchObject({
      request_count: 4,
      last_used_at: expect.any(String),
    });
    await app.manage('PATCH', `/manage/tokens/${next.id}`, { max_requests: 6 });
    expect([await call(old), await call(next)]).toEqual(['200', '200']);
    expect([await call(old), await call(next)]).toEqual(['token_exhausted', 'token_exhausted']);
    await app.manage('PATCH', `/manage/tokens/${next.id}`, { max_requests: null });
    expect([await call(old), await call(next)]).toEqual(['200', '200']);
  });

  it('forgets what memory knows of a replaced token when the cap of both changes, and at no other change', async () => {
    const old = await token({ max_requests: 5 });
    const next = await replaced(old.id);
    const changes = app.running.app.get(DataSource).getRepository(ChangeEntity);
    const changedBy = async (fields: object) => {
      expect((await app.manage('PATCH', `/manage/tokens/${next.id}`, fields)).status).toBe(200);
      const { revision } = await row(next.id);
      return new Set((await changes.findBy({ revision, subject: 'token' })).map(({ subjectId }) => subjectId));
    };
    expect(await changedBy({ name: 'other' })).toEqual(new Set([next.id]));
    expect(await changedBy({ max_requests: 5 })).toEqual(new Set([next.id]));
    expect(await changedBy({ max_requests: 6 })).toEqual(new Set([next.id, old.id]));
    expect(await changedBy({ max_requests: null })).toEqual(new Set([next.id, old.id]));
  });

  it('shows both as exhausted once the cap that they share is used up, as their requests are refused', async () => {
    const old = await token({ max_requests: 2 });
    const next = await replaced(old.id);
    const listed = async (status: string) => {
      const answer = await app.manage('GET', `/manage/tokens?projectId=${projectId}&status=${status}`);
      return ((await answer.json()) as TokenAnswer[]).some(({ id }) => id === old.id);
    };
    const own = async () => {
      const answer = await fetch(`${app.url}/token`, { headers: { authorization: `Bearer ${old.token}` } });
      return (await answer.json()) as { status: string };
    };
    const shown = async () => [
      (await own()).status,
      await app.tokenById(old.id),
      await listed('withering'),
      await listed('exhausted'),
    ];
    expect(await shown()).toEqual(['withering', expect.objectContaining({ status: 'withering' }), true, false]);
    expect([await call(next), await call(next), await call(old)]).toEqual(['200', '200', 'token_exhausted']);
    expect(await shown()).toEqual(['exhausted', expect.objectContaining({ status: 'exhausted' }), false, true]);
  });

  it('gives a take back to the row that counts it', async () => {
    const old = await token({ max_requests: 3 });
    const next = await replaced(old.id);
    expect(await call(old)).toBe('200');
    const sql = app.running.app.get(LedgerSql);
    await sql.giveBack(old.id, 1);
    expect(await app.tokenById(next.id)).toMatchObject({ request_count: 0 });
    await sql.giveBack(old.id, 1);
    expect(await app.tokenById(next.id)).toMatchObject({ request_count: 0 });
  });

  it('keeps two switches: each of the two is revoked and expires for itself', async () => {
    const old = await token({ max_requests: 9 });
    const next = await replaced(old.id);
    await app.manage('DELETE', `/manage/tokens/${next.id}`);
    expect([await call(old), await call(next)]).toEqual(['200', 'token_inactive']);
    await app.manage('PATCH', `/manage/tokens/${next.id}`, { is_active: true });
    await app.manage('DELETE', `/manage/tokens/${old.id}`);
    expect([await call(old), await call(next)]).toEqual(['token_inactive', '200']);
    expect((await app.tokenById(next.id)).request_count).toBe(2);
  });

  it('without an overlap ends the old token at once', async () => {
    const old = await token();
    expect(await call(old)).toBe('200');
    const next = await replaced(old.id, { overlap_minutes: 0 });
    expect([await call(old), await call(next)]).toEqual(['token_expired', '200']);
    expect(await app.tokenById(old.id)).toMatchObject({
      status: 'expired',
      replaced_by: next.id,
    });
  });

  it('refuses a cap of its own and a longer life for the replaced token, and no other change', async () => {
    const old = await token({ max_requests: 9 });
    await replaced(old.id);
    const patch = async (fields: object) => {
      const answer = await app.manage('PATCH', `/manage/tokens/${old.id}`, fields);
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect(await patch({ max_requests: 10 })).toEqual([409, 'token_replaced']);
    expect(await patch({ expires_at: '2099-01-01T00:00:00Z' })).toEqual([409, 'token_replaced']);
    expect(await patch({ expires_at: new Date(Date.now() + 20_000).toISOString() })).toEqual([200, undefined]);
    expect(await patch({ name: 'old one', rate_limit_per_minute: 5 })).toEqual([200, undefined]);
  });

  it('refuses a token that has ended, a closed project, an unknown id and a body that is not valid', async () => {
    const [revoked, expired, closed, live] = [await token(), await token(), await app.token(), await token()];
    await app.manage('DELETE', `/manage/tokens/${revoked.id}`);
    await app.running.app
      .get(DataSource)
      .manager.update(TokenEntity, { id: expired.id }, { expiresAt: Date.now() - 1 });
    await app.manage('PATCH', `/manage/projects/${closed.project_id}`, {
      is_active: false,
    });
    const unknown = { id: '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10' };
    const codes = [];
    for (const { id } of [revoked, expired, closed, unknown]) codes.push((await replace(id)).body.code);
    expect(codes).toEqual(['token_ended', 'token_ended', 'project_inactive', 'token_not_found']);
    const overlaps = [undefined, -1, 43_201, 1.5].map((overlap_minutes) => ({ overlap_minutes }));
    for (const body of [...overlaps, { overlap_minutes: 1, duration_minutes: 0 }])
      expect((await replace(live.id, body)).body.code).toBe('validation_failed');
    const exhausted = await token({ max_requests: 1 });
    await call(exhausted);
    const next = await replaced(exhausted.id);
    expect([next['status' as keyof TokenAnswer], await call(next)]).toEqual(['exhausted', 'token_exhausted']);
  });
});
