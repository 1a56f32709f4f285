import { beforeAll, describe, expect, it } from 'vitest';
import type { ProjectAnswer, TokenAnswer } from '../support/app.js';
import { operator } from '../support/operators.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';

const MINUTE_MS = 60_000;

describe('defaults and maxima of a project for its tokens', () => {
  const fixture = ProxyFixture.forTests({ DEFAULT_TOKEN_LIFETIME: '30d' });
  let project: ProjectAnswer;
  let manager: string;
  beforeAll(async () => {
    project = await fixture.app.project({
      token_defaults: { max_requests: 100, allowed_models: ['gpt-4o'] },
      token_maxima: {
        duration_minutes: 60,
        max_requests: 1000,
        max_concurrent: 4,
        allowed_models: ['gpt-4o*'],
        allowed_endpoints: ['/v1/chat/**', '/v1/models'],
        allowed_ips: ['10.0.0.0/8', '127.0.0.1'],
      },
    });
    manager = (await operator(fixture.app, { role: 'manager', projects: [project.id] })).token;
  });

  const post = (fields: object, credential?: string) =>
    fixture.app.manage('POST', '/manage/tokens', { project_id: project.id, ...fields }, credential);
  const created = async (fields: object, credential?: string): Promise<TokenAnswer> => {
    const response = await post(fields, credential);
    expect(response.status).toBe(201);
    return (await response.json()) as TokenAnswer;
  };
  const lifetimeMs = ({ expires_at, created_at }: TokenAnswer) =>
    Date.parse(String(expires_at)) - Date.parse(String(created_at));

  it.each(['manager', 'root'])('fill what a new token does not say, for the %s', async (who) => {
    const token = await created({ name: 'plain' }, who === 'manager' ? manager : undefined);
    expect(token).toMatchObject({
      max_requests: 100,
      rate_limit_per_minute: null,
      max_concurrent: 4,
      allowed_models: ['gpt-4o'],
      allowed_endpoints: ['/v1/chat/**', '/v1/models'],
      allowed_ips: ['10.0.0.0/8', '127.0.0.1'],
    });
    expect(lifetimeMs(token)).toBe(60 * MINUTE_MS);
  });

  it('let a manager go up to the maximum', async () => {
    const wanted = {
      duration_minutes: 60,
      max_requests: 1000,
      max_concurrent: 1,
      rate_limit_per_minute: 100_000,
      allowed_models: ['gpt-4o-mini'],
      allowed_endpoints: ['/v1/chat/completions'],
      allowed_ips: ['10.1.0.0/16'],
    };
    const { duration_minutes: _, ...fields } = wanted;
    expect(await created(wanted, manager)).toMatchObject(fields);
  });

  const BEYOND = [
    ['max_requests', 1001],
    ['max_requests', null],
    ['max_requests', 0],
    ['max_concurrent', 5],
    ['max_concurrent', null],
    ['allowed_models', ['o3']],
    ['allowed_models', null],
    ['allowed_endpoints', ['/v1/**']],
    ['allowed_ips', ['0.0.0.0/0']],
    ['expires_at', '2099-01-01T00:00:00Z'],
  ] as const;

  it.each([...BEYOND, ['duration_minutes', 61] as const])(
    'refuse a manager %s %j, and let the root pass',
    async (field, value) => {
      expect(await refused(post({ [field]: value }, manager))).toMatchObject({
        status: 403,
        code: 'above_project_maximum',
        fields: [field],
      });
      await created({ [field]: value });
    },
  );

  it.each(BEYOND)('refuse the change of %s to %j by a manager, and let the root pass', async (field, value) => {
    const { id } = await created({});
    const change = (credential?: string) =>
      fixture.app.manage('PATCH', `/manage/tokens/${id}`, { [field]: value }, credential);
    expect(await refused(change(manager))).toMatchObject({ status: 403, fields: [field] });
    expect((await change()).status).toBe(200);
  });

  it('judge only what a change says', async () => {
    const { id } = await created({ max_requests: 5000, duration_minutes: 600 });
    const change = await fixture.app.manage('PATCH', `/manage/tokens/${id}`, { name: 'renamed' }, manager);
    expect([change.status, await change.json()]).toMatchObject([200, { name: 'renamed', max_requests: 5000 }]);
  });

  it.each([
    ['revoked', { is_active: false }, { is_active: true }],
    ['replaced', {}, undefined],
  ])('judge all of a token that is to live again: one that was %s', async (_what, first, revival) => {
    const { id } = await created({ max_requests: 5000 });
    if (revival) await fixture.app.manage('PATCH', `/manage/tokens/${id}`, first);
    const again = (credential?: string) =>
      revival
        ? fixture.app.manage('PATCH', `/manage/tokens/${id}`, revival, credential)
        : fixture.app.manage('POST', `/manage/tokens/${id}/replace`, { overlap_minutes: 1 }, credential);
    expect(await refused(again(manager))).toMatchObject({ status: 403, fields: ['max_requests'] });
    expect((await again()).status).toBeLessThan(300);
  });

  it('a refused token is not made', async () => {
    const count = async () =>
      Number((await fixture.app.manage('GET', `/manage/tokens?projectId=${project.id}`)).headers.get('x-total-count'));
    const before = await count();
    await post({ max_requests: 1001, labels: { team: 'a' } }, manager);
    expect(await count()).toBe(before);
  });

  it('do not touch tokens that exist', async () => {
    const { id: project_id } = await fixture.app.project();
    const token = await fixture.app.token({ project_id, max_requests: 50, duration_minutes: 1440 });
    const before = await fixture.app.tokenById(token.id);
    const maxima = { token_maxima: { max_requests: 10, duration_minutes: 1 } };
    expect((await fixture.app.manage('PATCH', `/manage/projects/${project_id}`, maxima)).status).toBe(200);
    expect(await fixture.app.tokenById(token.id)).toEqual(before);
    expect((await fixture.call({ headers: fixture.headers(token) })).status).toBe(200);
  });

  it('are replaced as a whole, and removed by null', async () => {
    const { id } = await fixture.app.project({ token_defaults: { max_requests: 5, max_concurrent: 2 } });
    const change = async (body: object) => (await fixture.app.manage('PATCH', `/manage/projects/${id}`, body)).json();
    expect(await change({ token_defaults: { max_requests: 6, max_concurrent: null } })).toMatchObject({
      token_defaults: { max_requests: 6 },
      token_maxima: null,
    });
    expect(await change({ name: 'bounds renamed' })).toMatchObject({ token_defaults: { max_requests: 6 } });
    expect(await change({ token_defaults: null })).toMatchObject({ token_defaults: null });
    expect(await change({ token_maxima: {} })).toMatchObject({ token_maxima: null });
  });

  it.each([
    [{ token_defaults: { max_requests: 11 }, token_maxima: { max_requests: 10 } }, 'token_defaults'],
    [{ token_maxima: { max_requests: '10' } }, 'token_maxima'],
    [{ token_maxima: { name: 'a' } }, 'token_maxima'],
    [{ token_defaults: [] }, 'token_defaults'],
    [{ token_defaults: { allowed_ips: ['host'] } }, 'token_defaults'],
  ])('are refused: %j', async (fields, field) => {
    expect(
      await refused(fixture.app.manage('POST', '/manage/projects', { name: 'refused', api_key: 'k', ...fields })),
    ).toMatchObject({ status: 400, code: 'validation_failed', fields: [field] });
  });

  it('a maximum below a stored default is refused', async () => {
    const { id } = await fixture.app.project({ token_defaults: { max_requests: 5 } });
    expect(
      await refused(fixture.app.manage('PATCH', `/manage/projects/${id}`, { token_maxima: { max_requests: 4 } })),
    ).toMatchObject({ status: 400, fields: ['token_defaults'] });
  });

  it('a manager changes no project', async () => {
    expect(
      await refused(fixture.app.manage('PATCH', `/manage/projects/${project.id}`, { token_maxima: null }, manager)),
    ).toMatchObject({ status: 403, code: 'role_not_allowed' });
  });
});
