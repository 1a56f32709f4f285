import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isUuid } from '../../src/common/rest/uuid.js';
import { type ProjectAnswer, TestApp, UPSTREAM_KEY } from '../support/app.js';
import { refused } from '../support/refusal.js';

const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('POST /manage/projects', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await TestApp.start({ ALLOWED_PRIVATE_ORIGINS: 'http://127.0.0.1:11434' })));
  afterAll(() => app.close());

  const create = (body: unknown) => app.manage('POST', '/manage/projects', body);

  it('returns 201 with the project, whose key is masked', async () => {
    const answer = await create({ name: 'First', api_key: UPSTREAM_KEY });
    const project = (await answer.json()) as ProjectAnswer;
    expect(answer.status).toBe(201);
    expect(project).toEqual({
      id: expect.toSatisfy(isUuid),
      name: 'First',
      api_key: 'sk-proj-…WXYZ',
      base_url: null,
      provider: null,
      is_active: true,
      rate_limit_per_minute: null,
      max_concurrent: null,
      max_requests_per_day: null,
      max_requests_per_month: null,
      requests_today: null,
      requests_this_month: null,
      token_defaults: null,
      token_maxima: null,
      labels: null,
      owner: null,
      note: null,
      created_at: INSTANT,
      updated_at: project['created_at'],
    });
    expect(await (await app.manage('GET', `/manage/projects/${project.id}`)).json()).toEqual(project);
  });

  it('trims the name', async () => {
    const project = (await (await create({ name: ' \t Second team\n', api_key: 'k' })).json()) as ProjectAnswer;
    expect(project.name).toBe('Second team');
  });

  it('takes names of 1 to 120 characters, counted as a reader counts', async () => {
    for (const name of ['x', 'y'.repeat(120), '😀'.repeat(120), `  ${'z'.repeat(120)}  `]) {
      const answer = await create({ name, api_key: 'k' });
      expect(answer.status).toBe(201);
      expect(((await answer.json()) as ProjectAnswer).name).toBe(name.trim());
    }
  });

  it('takes base URLs, public ones and those that are allowed', async () => {
    for (const [i, base_url] of ['https://gateway.example/openai', 'http://127.0.0.1:11434', null].entries()) {
      const answer = await create({ name: `based ${i}`, api_key: 'k', base_url });
      expect([answer.status, ((await answer.json()) as ProjectAnswer)['base_url']]).toEqual([201, base_url]);
    }
  });

  it.each([
    ['no name', { api_key: 'k' }, ['name']],
    ['no key', { name: 'n' }, ['api_key']],
    ['neither', {}, ['name', 'api_key']],
    ['an empty name', { name: '', api_key: 'k' }, ['name']],
    ['a name of white space', { name: ' \t\n\u00a0\u3000 ', api_key: 'k' }, ['name']],
    ['a name of 121 characters', { name: 'x'.repeat(121), api_key: 'k' }, ['name']],
    ['a name of 10 KB', { name: 'x'.repeat(10_000), api_key: 'k' }, ['name']],
    ['a line break in a name', { name: 'a\r\nb', api_key: 'k' }, ['name']],
    ['a separator in a name', { name: 'a\u2028b', api_key: 'k' }, ['name']],
    ['an escape in a name', { name: 'a\u001b[31mb', api_key: 'k' }, ['name']],
    ['half a character in a name', { name: 'a\ud800b', api_key: 'k' }, ['name']],
    ['a number for a name', { name: 5, api_key: 'k' }, ['name']],
    ['null for a name', { name: null, api_key: 'k' }, ['name']],
    ['a list for a name', { name: ['n'], api_key: 'k' }, ['name']],
    ['an object for a key', { name: 'n', api_key: { a: 1 } }, ['api_key']],
    ['an empty key', { name: 'n', api_key: '' }, ['api_key']],
    ['a key with a line break', { name: 'n', api_key: 'a\r\nX: y' }, ['api_key']],
    ['a key with a space', { name: 'n', api_key: 'a b' }, ['api_key']],
    ['a key of 513 characters', { name: 'n', api_key: 'k'.repeat(513) }, ['api_key']],
    ['a key in its encrypted form', { name: 'n', api_key: 'enc:v2:00000000:AAAA' }, ['api_key']],
    ['an unknown field', { name: 'n', api_key: 'k', nickname: 'x' }, ['nickname']],
    ['a base URL that is none', { name: 'n', api_key: 'k', base_url: 'api.example' }, ['base_url']],
    ['a base URL with a password', { name: 'n', api_key: 'k', base_url: 'https://u:p@h.example' }, ['base_url']],
    ['a base URL of another scheme', { name: 'n', api_key: 'k', base_url: 'file:///etc/passwd' }, ['base_url']],
    ['a base URL with /v1', { name: 'n', api_key: 'k', base_url: 'https://api.example/v1' }, ['base_url']],
    ['an empty base URL', { name: 'n', api_key: 'k', base_url: '' }, ['base_url']],
    ['a number for a base URL', { name: 'n', api_key: 'k', base_url: 1 }, ['base_url']],
    ['TG-26 a metadata address', { name: 'n', api_key: 'k', base_url: 'http://169.254.169.254' }, ['base_url']],
    ['TG-26 this machine', { name: 'n', api_key: 'k', base_url: 'http://localhost:6379' }, ['base_url']],
    ['TG-26 this machine in disguise', { name: 'n', api_key: 'k', base_url: 'http://0x7f000001' }, ['base_url']],
    [
      'TG-26 another port of an allowed host',
      { name: 'n', api_key: 'k', base_url: 'http://127.0.0.1:11435' },
      ['base_url'],
    ],
  ])('refuses %s with 400 and the field', async (_what, body, fields) => {
    expect(await refused(create(body))).toMatchObject({ status: 400, code: 'validation_failed', fields });
  });

  it.each(['sk-proj-…wXyZ', 'sk-abcd...wxyz', 'sk-****', '…'])(
    'refuses the display form %s as a key',
    async (api_key) => {
      const { status, code, message } = await refused(create({ name: 'masked', api_key }));
      expect([status, code]).toEqual([400, 'api_key_masked']);
      expect(message).not.toContain(api_key);
    },
  );

  it('refuses a name that is taken with 409, and never shows the key it was sent', async () => {
    await create({ name: 'Taken', api_key: UPSTREAM_KEY });
    const answer = await create({ name: '  Taken ', api_key: UPSTREAM_KEY });
    expect(await answer.clone().text()).not.toContain(UPSTREAM_KEY);
    expect(await refused(answer)).toMatchObject({ status: 409, code: 'project_exists', fields: [] });
  });

  it('AD-22 makes one project of twenty that are sent at once under one name', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create({ name: 'Twenty', api_key: 'k' })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    const projects = (await (await app.manage('GET', '/manage/projects')).json()) as ProjectAnswer[];
    expect(projects.filter(({ name }) => name === 'Twenty')).toHaveLength(1);
  });
});
