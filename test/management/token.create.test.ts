import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isUuid } from '../../src/common/rest/uuid.js';
import { isSecret } from '../../src/token/token.secret.js';
import { type ProjectAnswer, TestApp, type TokenAnswer } from '../support/app.js';
import { refused } from '../support/refusal.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';

const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const MINUTE_MS = 60_000;

onEveryStore('POST /manage/tokens', (store) => {
  let fresh: FreshStore;
  let app: TestApp;
  let project: ProjectAnswer;
  beforeAll(async () => {
    fresh = await store.fresh();
    app = await TestApp.start({ ...fresh.variables, DEFAULT_TOKEN_LIFETIME: '12h' });
    project = await app.project();
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });

  const create = (body: object) => app.manage('POST', '/manage/tokens', { project_id: project.id, ...body });
  const lifetimeMs = (token: TokenAnswer) =>
    Date.parse(String(token['expires_at'])) - Date.parse(String(token['created_at']));

  it('returns 201 with all fields of the token and, this once, its secret', async () => {
    const answer = await create({ name: ' nightly ', max_requests: 10, duration_minutes: 60 });
    const token = (await answer.json()) as TokenAnswer;
    expect(answer.status).toBe(201);
    expect(token).toEqual({
      id: expect.toSatisfy(isUuid),
      project_id: project.id,
      name: 'nightly',
      token: expect.toSatisfy(isSecret),
      status: 'active',
      is_active: true,
      expires_at: INSTANT,
      max_requests: 10,
      rate_limit_per_minute: null,
      max_concurrent: null,
      request_count: 0,
      remaining_requests: 10,
      cache_hit_count: 0,
      allowed_models: null,
      allowed_endpoints: null,
      allowed_ips: null,
      labels: null,
      owner: null,
      note: null,
      created_at: INSTANT,
    });
    expect(lifetimeMs(token)).toBeCloseTo(60 * MINUTE_MS, -2);

    const display = `${token.token.slice(0, 10)}…${token.token.slice(-4)}`;
    expect(await app.tokenById(token.id)).toEqual({ ...token, project_name: project.name, token: display });
    expect(await (await app.manage('GET', '/manage/tokens')).text()).not.toContain(token.token);
  });

  it('lives for DEFAULT_TOKEN_LIFETIME and has no cap by default', async () => {
    const token = await app.token({ project_id: project.id });
    expect(lifetimeMs(token)).toBeCloseTo(720 * MINUTE_MS, -2);
    expect(token).toMatchObject({ max_requests: null, remaining_requests: null });
    expect(token).not.toHaveProperty('name');
  });

  it('takes null for the name and an id in upper case', async () => {
    const token = await app.token({ project_id: project.id.toUpperCase(), name: null });
    expect(token.project_id).toBe(project.id);
    expect(token).not.toHaveProperty('name');
  });

  it.each([1, 525_600])('AD-23 takes a duration of %i minutes', async (duration_minutes) => {
    const token = await app.token({ project_id: project.id, duration_minutes });
    expect(lifetimeMs(token)).toBeCloseTo(duration_minutes * MINUTE_MS, -2);
  });

  it.each([
    ['2099-01-31T12:00:00Z', '2099-01-31T12:00:00.000Z'],
    ['2099-01-31t12:00:00z', '2099-01-31T12:00:00.000Z'],
    ['2099-01-31T12:00:00.5+02:00', '2099-01-31T10:00:00.500Z'],
    ['2099-01-31T12:00:00.123456789-23:59', '2099-02-01T11:59:00.123Z'],
    ['2096-02-29T23:59:59Z', '2096-02-29T23:59:59.000Z'],
    // A local clock does not have this hour in many places; UTC does.
    ['2099-03-29T02:30:00Z', '2099-03-29T02:30:00.000Z'],
  ])('AD-23 takes %s as the end', async (expires_at, instant) => {
    expect(await app.token({ project_id: project.id, expires_at })).toMatchObject({ expires_at: instant });
  });

  it.each([
    { duration_minutes: 0 },
    { duration_minutes: -1 },
    { duration_minutes: 525_601 },
    { duration_minutes: 1e12 },
    { duration_minutes: 1.5 },
    { duration_minutes: '60' },
    { duration_minutes: null },
    { duration_minutes: true },
    { duration_minutes: [60] },
  ])('AD-23 refuses %j', async (body) => {
    expect(await refused(create(body))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: ['duration_minutes'],
    });
  });

  it.each([
    '2020-01-01T00:00:00Z',
    '2099-02-30T00:00:00Z',
    '2097-02-29T00:00:00Z',
    '2099-13-01T00:00:00Z',
    '2099-01-01',
    '2099-01-01 00:00:00',
    '2099-01-01T00:00:00',
    '2099-01-01T24:00:00Z',
    '2099-01-01T00:00:60Z',
    '12099-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '+275760-09-13T00:00:00Z',
    'tomorrow',
    '',
    4_102_444_800_000,
    null,
  ])('AD-23 refuses %j as the end', async (expires_at) => {
    expect(await refused(create({ expires_at }))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: ['expires_at'],
    });
  });

  it('refuses two ends', async () => {
    const both = create({ duration_minutes: 60, expires_at: '2099-01-31T12:00:00Z' });
    expect(await refused(both)).toMatchObject({ status: 400, code: 'validation_failed', fields: ['expires_at'] });
  });

  it.each([null, 0])('AU-13 takes max_requests %j for unlimited', async (max_requests) => {
    expect(await app.token({ project_id: project.id, max_requests })).toMatchObject({
      max_requests: null,
      remaining_requests: null,
    });
  });

  it.each([1, Number.MAX_SAFE_INTEGER])('AU-13 takes max_requests %i', async (max_requests) => {
    const token = await app.token({ project_id: project.id, max_requests });
    expect(await app.tokenById(token.id)).toMatchObject({ max_requests, remaining_requests: max_requests });
  });

  it.each(['-1', '9007199254740992', '1.5', '"5"', '1e400', 'true', '[5]', '{}', '""'])(
    'AU-13 refuses max_requests %s',
    async (literal) => {
      const answer = fetch(`${app.url}/manage/tokens`, {
        method: 'POST',
        headers: { authorization: `Bearer ${app.variables['MANAGEMENT_TOKEN']}`, 'content-type': 'application/json' },
        body: `{"project_id":"${project.id}","max_requests":${literal}}`,
      });
      expect(await refused(answer)).toMatchObject({ status: 400, code: 'validation_failed', fields: ['max_requests'] });
    },
  );

  it.each([
    [{ name: '' }, 'name'],
    [{ name: '   ' }, 'name'],
    [{ name: 'x'.repeat(121) }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 5 }, 'name'],
    [{ project_id: 'x' }, 'project_id'],
    [{ project_id: null }, 'project_id'],
    [{ project_id: undefined }, 'project_id'],
    [{ project_id: [randomUUID()] }, 'project_id'],
    [{ token: 'sk-wt-mine' }, 'token'],
    [{ duration_hours: 1 }, 'duration_hours'],
  ])('refuses %j', async (body, field) => {
    expect(await refused(create(body))).toMatchObject({ status: 400, code: 'validation_failed', fields: [field] });
  });

  it('needs a project that exists', async () => {
    expect(await refused(create({ project_id: randomUUID() }))).toMatchObject({
      status: 404,
      code: 'project_not_found',
    });
  });

  it('needs a project that is active', async () => {
    const { id } = await app.project();
    await app.manage('PATCH', `/manage/projects/${id}`, { is_active: false });
    expect(await refused(create({ project_id: id }))).toMatchObject({ status: 403, code: 'project_inactive' });
  });
});
