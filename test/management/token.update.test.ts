import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Clock } from '../../src/common/values/clock.js';
import type { TokenAnswer } from '../support/app.js';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';

describe('PATCH /manage/tokens/{id}', () => {
  const fixture = ProxyFixture.forTests();
  afterEach(() => vi.restoreAllMocks());

  const patch = (id: string, body: unknown) => fixture.app.manage('PATCH', `/manage/tokens/${id}`, body);
  const changed = async (id: string, body: unknown): Promise<TokenAnswer> => {
    const answer = await patch(id, body);
    expect(answer.status).toBe(200);
    return (await answer.json()) as TokenAnswer;
  };
  const use = async (token: TokenAnswer) => {
    const response = await fixture.call({ headers: fixture.headers(token) });
    return response.status === 200 ? 200 : codeOf(response);
  };

  it('changes what it is given and nothing else', async () => {
    const token = await fixture.app.token({ name: 'before', max_requests: 3 });
    const before = await fixture.app.tokenById(token.id);
    expect(await changed(token.id, { name: ' after ' })).toEqual({ ...before, name: 'after' });
    expect(await changed(token.id, { name: null })).not.toHaveProperty('name');
    expect(await changed(token.id, { expires_at: '2099-01-31T12:00:00+02:00' })).toMatchObject({
      expires_at: '2099-01-31T10:00:00.000Z',
    });
    expect(await fixture.app.tokenById(token.id)).toMatchObject({ max_requests: 3, is_active: true });
  });

  it('revokes with a date and brings back, at once', async () => {
    const token = await fixture.app.token();
    expect(await use(token)).toBe(200);
    const off = await changed(token.id, { is_active: false });
    expect(off).toMatchObject({ is_active: false, deactivated_at: expect.any(String) });
    expect(await use(token)).toBe('token_inactive');
    expect(await changed(token.id, { is_active: false })).toMatchObject({ deactivated_at: off['deactivated_at'] });
    expect(await changed(token.id, { is_active: true })).not.toHaveProperty('deactivated_at');
    expect(await use(token)).toBe(200);
  });

  it('puts an earlier end and a later end in force at once', async () => {
    const token = await fixture.app.token();
    const now = Date.now();
    await changed(token.id, { expires_at: new Date(now + 60_000).toISOString() });
    vi.spyOn(fixture.app.running.app.get(Clock), 'now').mockReturnValue(now + 120_000);
    expect(await use(token)).toBe('token_expired');
    await changed(token.id, { expires_at: new Date(now + 180_000).toISOString() });
    expect(await use(token)).toBe(200);
  });

  it.each([null, 0])('takes max_requests %j for unlimited', async (max_requests) => {
    const token = await fixture.app.token({ max_requests: 1 });
    expect([await use(token), await use(token)]).toEqual([200, 'token_exhausted']);
    expect(await changed(token.id, { max_requests })).toMatchObject({ max_requests: null, remaining_requests: null });
    expect(await use(token)).toBe(200);
  });

  it('puts a raised and a lowered cap in force at once', async () => {
    const token = await fixture.app.token({ max_requests: 2 });
    expect([await use(token), await use(token), await use(token)]).toEqual([200, 200, 'token_exhausted']);
    expect(await changed(token.id, { max_requests: 3 })).toMatchObject({ request_count: 2, remaining_requests: 1 });
    expect([await use(token), await use(token)]).toEqual([200, 'token_exhausted']);
    expect(await changed(token.id, { max_requests: 1 })).toMatchObject({ request_count: 3, remaining_requests: 0 });
    expect(await use(token)).toBe('token_exhausted');
  });

  it('counts against a new cap what was used before there was one', async () => {
    const token = await fixture.app.token();
    for (let i = 0; i < 5; i += 1) expect(await use(token)).toBe(200);
    await changed(token.id, { max_requests: 6 });
    expect([await use(token), await use(token)]).toEqual([200, 'token_exhausted']);
    expect(await fixture.app.tokenById(token.id)).toMatchObject({ request_count: 6, remaining_requests: 0 });
  });

  it('takes limits in time, and null for none', async () => {
    const token = await fixture.app.token({ rate_limit_per_minute: 1, max_concurrent: 1_000_000 });
    expect(token).toMatchObject({ rate_limit_per_minute: 1, max_concurrent: 1_000_000 });
    expect(await changed(token.id, { rate_limit_per_minute: null, max_concurrent: 2 })).toMatchObject({
      rate_limit_per_minute: null,
      max_concurrent: 2,
    });
    expect(await fixture.app.tokenById((await fixture.app.token()).id)).toMatchObject({
      rate_limit_per_minute: null,
      max_concurrent: null,
    });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ max_requests: -1 }, 'max_requests'],
    [{ max_requests: '5' }, 'max_requests'],
    [{ max_requests: 1.5 }, 'max_requests'],
    [{ rate_limit_per_minute: 0 }, 'rate_limit_per_minute'],
    [{ rate_limit_per_minute: 1_000_001 }, 'rate_limit_per_minute'],
    [{ rate_limit_per_minute: '5' }, 'rate_limit_per_minute'],
    [{ max_concurrent: 0 }, 'max_concurrent'],
    [{ max_concurrent: 2.5 }, 'max_concurrent'],
    [{ is_active: null }, 'is_active'],
    [{ is_active: 'true' }, 'is_active'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ expires_at: null }, 'expires_at'],
    [{ duration_minutes: 5 }, 'duration_minutes'],
    [{ project_id: randomUUID() }, 'project_id'],
    [{ request_count: 0 }, 'request_count'],
    [{ token: 'sk-wt-mine' }, 'token'],
  ])('refuses %j and changes nothing', async (body, field) => {
    const { id } = await fixture.app.token();
    const before = await fixture.app.tokenById(id);
    expect(await refused(patch(id, { ...body, name: 'changed', ...body }))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
    expect(await fixture.app.tokenById(id)).toEqual(before);
  });

  it('refuses a change of nothing, an unknown id, and what is no id', async () => {
    const { id } = fixture.token;
    expect(await refused(patch(id, {}))).toMatchObject({ status: 400, code: 'no_fields' });
    expect(await refused(patch(randomUUID(), { name: 'x' }))).toMatchObject({ status: 404, code: 'token_not_found' });
    expect(await refused(patch('1', { name: 'x' }))).toMatchObject({ status: 400, code: 'invalid_id' });
  });
});
