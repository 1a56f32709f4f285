import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, type ProjectAnswer, TestApp, UPSTREAM_KEY } from '../support/app.js';
import { refused } from '../support/refusal.js';

const TYPED = 'sk-upstream-0123456789';

describe('the upstream key of a project', () => {
  let app: TestApp;
  let created = 0;
  beforeAll(async () => void (app = await TestApp.start({ OPENAI_API_URL: 'https://api.openai.com' })));
  afterAll(() => app.close());

  const create = (api_key: string, more = {}) =>
    app.manage('POST', '/manage/projects', { name: `p${(created += 1)}`, api_key, ...more });

  it.each([
    [`"${TYPED}"`, /^api_key has quotes around it/],
    [`'${TYPED}'`, /^api_key has quotes around it/],
    [`“${TYPED}”`, /^api_key /],
    [`"${TYPED}`, /^api_key has quotes around it/],
    [`${TYPED}'`, /^api_key has quotes around it/],
    [`sk-wt-${'a'.repeat(38)}`, /^api_key is a withering token/],
    [`sk-op-${'a'.repeat(38)}`, /^api_key is the credential of an operator/],
    [MANAGEMENT_TOKEN, /^api_key is a management token/],
    [`${TYPED}\n`, /^api_key must have .* without spaces and line breaks/],
    [` ${TYPED}`, /^api_key must have .* without spaces and line breaks/],
    [`Bearer ${TYPED}`, /^api_key must have .* without spaces and line breaks/],
  ])('is refused when it can never be right: %j', async (key, sentence) => {
    const { id } = (await (await create(UPSTREAM_KEY)).json()) as ProjectAnswer;
    for (const answer of [create(key), app.manage('PATCH', `/manage/projects/${id}`, { api_key: key })]) {
      const refusal = await refused(answer);
      expect(refusal).toMatchObject({ status: 400, code: 'validation_failed' });
      expect(refusal.message).toMatch(sentence);
      expect(refusal.message).not.toContain(TYPED);
    }
  });

  it.each([
    ['k', {}, 'api_key has fewer than 8 characters'],
    ['not-a-key-of-openai', {}, 'api_key does not look like a key of OpenAI, which begins with sk-'],
    ['sk-short', {}, 'api_key does not look like a key of OpenAI, which begins with sk-'],
    [UPSTREAM_KEY, {}, null],
    ['any-form-of-key', { base_url: 'https://gateway.example' }, null],
  ])('is stored with a warning when it is probably a mistake: %s %o', async (key, more, warning) => {
    const answer = await create(key, more);
    expect([answer.status, answer.headers.get('x-proxy-warning')]).toEqual([201, warning]);
    const { id } = (await answer.json()) as ProjectAnswer;
    const changed = await app.manage('PATCH', `/manage/projects/${id}`, { api_key: key });
    expect([changed.status, changed.headers.get('x-proxy-warning')]).toEqual([200, warning]);
    expect(
      (await app.manage('PATCH', `/manage/projects/${id}`, { is_active: true })).headers.get('x-proxy-warning'),
    ).toBe(null);
  });
});
