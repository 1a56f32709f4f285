import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, type ProjectAnswer, TestApp, type TokenAnswer } from '../support/app.js';
import { refused } from '../support/refusal.js';

const INHERITED = Object.getOwnPropertyNames(Object.prototype);

/** JSON.stringify and object literals treat `__proto__` apart, so the body is text. */
const withField = (name: string, fields: object): string =>
  `{${JSON.stringify(name)}: 1, ${JSON.stringify(fields).slice(1)}`;

describe('a field with a name that every object inherits', () => {
  let app: TestApp;
  let project: ProjectAnswer;
  let token: TokenAnswer;
  beforeAll(async () => {
    app = await TestApp.start();
    project = await app.project();
    token = await app.token({ project_id: project.id });
  });
  afterAll(() => app.close());

  const send = (method: string, path: string, body: string) =>
    fetch(`${app.url}/manage/${path}`, {
      method,
      headers: { authorization: `Bearer ${MANAGEMENT_TOKEN}`, 'content-type': 'application/json' },
      body,
    });

  it.each(INHERITED)('is an unknown field of every body: %s', async (name) => {
    for (const [method, path, fields] of [
      ['POST', 'projects', { name: 'inherited', api_key: 'k' }],
      ['PATCH', `projects/${project.id}`, { name: 'inherited' }],
      ['POST', 'tokens', { project_id: project.id }],
      ['PATCH', `tokens/${token.id}`, { name: 'inherited' }],
    ] as const)
      expect(await refused(send(method, path, withField(name, fields)))).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: [name],
      });
    expect(await (await app.manage('GET', '/manage/projects')).text()).not.toContain('inherited');
  });

  it.each(INHERITED)('is refused within a field, too: %s', async (name) => {
    const inner = withField(name, {}).replace(', }', '}');
    for (const [path, body, field] of [
      [`tokens/${token.id}`, `{"labels": ${inner}}`, `labels.${name}`],
      [`tokens/${token.id}`, `{"allowed_models": [${inner}]}`, `allowed_models.0.${name}`],
      [`projects/${project.id}`, `{"token_maxima": ${inner}}`, `token_maxima.${name}`],
    ] as const)
      expect(await refused(send('PATCH', path, body))).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: [field],
      });
  });

  it.each(INHERITED)('is an unknown parameter of every query: %s', async (name) => {
    for (const path of ['projects', 'tokens'])
      expect(await refused(app.manage('GET', `/manage/${path}?${name}=1`))).toMatchObject({
        status: 400,
        code: 'validation_failed',
        fields: [name],
      });
  });

  it.each(['{"constructor": {"prototype": {"x": 1}}}', '{"__proto__": {"is_active": false}}'])(
    'changes no prototype: %s',
    async (body) => {
      expect((await send('PATCH', `projects/${project.id}`, body)).status).toBe(400);
      expect([({} as { x?: unknown }).x, ({} as { is_active?: unknown }).is_active]).toEqual([undefined, undefined]);
    },
  );
});
