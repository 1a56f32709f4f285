import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, TestApp } from '../support/app.js';
import { refused } from '../support/refusal.js';

const PREVIOUS = 'previous-canary-0123456789abcdefghijkl';

describe('what people read', () => {
  let app: TestApp;
  let project: { id: string };
  beforeAll(async () => {
    app = await TestApp.start({ MANAGEMENT_TOKEN_PREVIOUS: PREVIOUS });
    project = await app.project();
  });
  afterAll(() => app.close());

  it.each([
    ['MANAGEMENT_TOKEN', MANAGEMENT_TOKEN],
    ['MANAGEMENT_TOKEN_PREVIOUS', PREVIOUS],
    ['ENCRYPTION_KEY', ENCRYPTION_KEY],
  ])('has no %s', async (_variable, secret) => {
    const name = `of ${secret}!`;
    const calls = [
      ['POST', '/manage/session', { name }, 'name'],
      ['POST', '/manage/projects', { name, api_key: 'sk-x' }, 'name'],
      ['PATCH', `/manage/projects/${project.id}`, { name }, 'name'],
      ['PATCH', `/manage/projects/${project.id}`, { owner: name }, 'owner'],
      ['PATCH', `/manage/projects/${project.id}`, { note: name }, 'note'],
      ['POST', '/manage/tokens', { project_id: project.id, name }, 'name'],
      ['POST', '/manage/operators', { name, role: 'viewer' }, 'name'],
    ] as const;
    for (const [method, path, body, field] of calls)
      expect([path, await refused(app.manage(method, path, body))]).toEqual([
        path,
        expect.objectContaining({ status: 400, message: `${field} must not contain a key or a token` }),
      ]);
  });
});
