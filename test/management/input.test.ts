import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, type ProjectAnswer, TestApp, UPSTREAM_KEY } from '../support/app.js';
import { request } from '../support/raw.client.js';
import { refused } from '../support/refusal.js';

const INJECTIONS = [
  "'",
  '"',
  '`',
  "' OR '1'='1",
  "'; DROP TABLE projects;--",
  "' UNION SELECT api_key FROM projects--",
  '%',
  '%%%%',
  '_',
  '_'.repeat(1000),
  '\\',
  '?1',
  ':id',
  '$1',
  '%27',
  'x'.repeat(8000),
];

describe('hostile management input', () => {
  let app: TestApp;
  let project: ProjectAnswer;
  beforeAll(async () => {
    app = await TestApp.start();
    project = await app.project();
  });
  afterAll(() => app.close());

  const stored = async () =>
    (await (await app.manage('GET', '/manage/projects?includeDeleted=true')).json()) as ProjectAnswer[];

  it.each([
    '1',
    '0',
    '-1',
    'me',
    'null',
    'undefined',
    '00000000-0000-0000-0000-000000000000',
    '{id}',
    '%7Bid%7D',
    `${randomUUID()}0`,
    `${randomUUID()}%20`,
    'constructor',
    '__proto__',
  ])('AD-16 the id %s is 400 invalid_id on every route that takes one', async (id) => {
    for (const [method, path] of [
      ['GET', `/manage/projects/${id}`],
      ['PATCH', `/manage/projects/${id}`],
      ['DELETE', `/manage/projects/${id}`],
      ['POST', `/manage/projects/${id}/tokens/revoke`],
      ['GET', `/manage/tokens/${id}`],
      ['PATCH', `/manage/tokens/${id}`],
      ['DELETE', `/manage/tokens/${id}`],
    ] as const)
      expect(await refused(app.manage(method, path, method === 'PATCH' ? { name: 'x' } : undefined))).toMatchObject({
        status: 400,
        code: 'invalid_id',
      });
  });

  it('AD-16 an id of 10 KB is 400 invalid_id in our shape', async () => {
    const answer = await app.manage('GET', `/manage/projects/${'a'.repeat(10_000)}`);
    expect(await refused(answer)).toMatchObject({ status: 400, code: 'invalid_id' });
  });

  it.each([
    '../tokens',
    '..%2ftokens',
    '%2e%2e/tokens',
    '..\\tokens',
    './{id}',
    '%00',
    '%0d%0aX:%20y',
    '{id};x=1',
    '%c0%ae',
    '%c3',
    '%zz',
    '%25/%c3',
  ])('AD-16 an id has no path meaning: %s', async (id) => {
    const target = `/manage/projects/${id.replace('{id}', project.id)}`;
    const answer = await request(app.port, { target, headers: { Authorization: `Bearer ${MANAGEMENT_TOKEN}` } });
    expect([answer.status, answer.header('x-proxy-error')]).toEqual([400, undefined]);
    expect(JSON.parse(String(answer.body))).toEqual({
      error: expect.stringMatching(/^The request target is not valid: /),
      code: 'target_invalid',
      request_id: answer.header('x-request-id'),
    });
  });

  it.each([
    { is_admin: true },
    { id: randomUUID() },
    { request_count: 0 },
    { created_at: '2020-01-01T00:00:00Z' },
    { deleted_at: null },
    { api_key_display: 'x' },
    { nameKey: 'x' },
    { apiKey: 'x' },
  ])('AD-17 an unknown field is refused: %j', async (extra) => {
    const field = Object.keys(extra);
    expect(
      await refused(app.manage('POST', '/manage/projects', { name: 'mass', api_key: 'k', ...extra })),
    ).toMatchObject({ status: 400, code: 'validation_failed', fields: field });
    expect(
      await refused(app.manage('PATCH', `/manage/projects/${project.id}`, { name: 'mass', ...extra })),
    ).toMatchObject({ status: 400, fields: field });
    expect(await refused(app.manage('POST', '/manage/tokens', { project_id: project.id, ...extra }))).toMatchObject({
      status: 400,
      fields: field,
    });
    expect((await stored()).some(({ name }) => name === 'mass')).toBe(false);
  });

  it.each(INJECTIONS)('AD-19 AD-20 a query value is a value: %.30s', async (text) => {
    const value = encodeURIComponent(text);
    for (const name of ['projectId', 'project_id', 'activeOnly', 'active_only', 'page', 'page_size'])
      expect(await refused(app.manage('GET', `/manage/tokens?${name}=${value}`))).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: [name],
      });
    for (const name of ['includeDeleted', 'include_deleted', 'page', 'page_size'])
      expect(await refused(app.manage('GET', `/manage/projects?${name}=${value}`))).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: [name],
      });
    expect(await refused(app.manage('GET', `/manage/projects?${value}=1`))).toMatchObject({ status: 400 });
  });

  it.each(INJECTIONS.filter((text) => text.length <= 120))('AD-19 AD-20 a name is a name: %s', async (name) => {
    const before = (await stored()).length;
    const made = await app.project({ name });
    expect(made.name).toBe(name);
    expect(await refused(app.manage('POST', '/manage/projects', { name, api_key: 'k' }))).toMatchObject({
      status: 409,
    });
    const { name: renamed } = (await (
      await app.manage('PATCH', `/manage/projects/${made.id}`, { name: `${name}2` })
    ).json()) as ProjectAnswer;
    expect(renamed).toBe(`${name}2`);
    expect(await stored()).toHaveLength(before + 1);
    const token = await app.token({ project_id: made.id, name });
    expect(await app.tokenById(token.id)).toMatchObject({ name });
  });

  it('AD-20 a key is a key, and comes back from nowhere', async () => {
    const api_key = `x'||(SELECT/**/group_concat(secret_hash)FROM/**/tokens)||'x`;
    const made = await app.project({ api_key });
    expect(made.api_key).toBe("…||'x");
    expect(JSON.stringify(await stored())).not.toMatch(/sha256:|hmac:/);
    expect(JSON.stringify(await stored())).not.toContain(UPSTREAM_KEY);
  });

  it('AD-22 two changes of one project at once leave one of the two, whole', async () => {
    const { id } = await app.project();
    const answers = await Promise.all([
      app.manage('PATCH', `/manage/projects/${id}`, { name: 'left', api_key: 'sk-left-0123456789abcLEFT' }),
      app.manage('PATCH', `/manage/projects/${id}`, { name: 'right', api_key: 'sk-right-0123456789aRIGHT' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const { name, api_key } = (await stored()).find((entry) => entry.id === id)!;
    expect([`left sk-…LEFT`, `right sk-…IGHT`]).toContain(`${name} ${api_key}`);
  });
});
