import { describe, expect, it } from 'vitest';
import { expectPassed, expectRefused, json, oneProvider, policyFixture } from '../support/policy.fixture.js';

describe('a rule', () => {
  const fixture = policyFixture(oneProvider({ param_whitelist: { model: ['gpt-4o'], n: [1], stream: [true] } }));
  const body = '{"model":"gpt-4o"}';

  it.each([
    '?model=dear',
    '?Model=gpt-4o',
    '?model[]=dear',
    '?%6dodel=dear',
    '?model=gpt-4o&model=dear',
    '?n=2',
    '?stream=false',
  ])('holds for the query %s, with a right body too', async (query) => {
    const target = `/v1/chat/completions${query}`;
    await expectRefused(fixture, { target, body, with: [json] }, 400, 'param_not_allowed');
    await expectRefused(fixture, { method: 'GET', target }, 400, 'param_not_allowed');
  });

  it.each(['?model=gpt-4o', '?n=1&stream=true', '?api-version=2025-04-01&limit=5'])(
    'lets the query %s pass as it was sent',
    async (query) => {
      const { request } = await expectPassed(fixture, { target: `/v1/chat/completions${query}`, body, with: [json] });
      expect(request.target).toBe(`/v1/chat/completions${query}`);
    },
  );

  it('of a token holds for the query', async () => {
    const token = await fixture.app.token({ allowed_models: ['gpt-4o-mini'], max_requests: 9 });
    await expectRefused(
      fixture,
      { method: 'GET', target: '/v1/chat/completions?model=gpt-4o', token },
      403,
      'model_not_allowed',
    );
  });
});
