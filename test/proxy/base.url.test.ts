import { describe, expect, it } from 'vitest';
import { codeOf, ProxyFixture } from '../support/proxy.fixture.js';

describe('a client with a wrong base URL', () => {
  const fixture = ProxyFixture.forTests();
  const messageOf = async (target: string, method = 'POST', headers = fixture.headers()) => {
    const response = await fixture.call({ method, target, headers, body: method === 'POST' ? '{"model":"m"}' : '' });
    const { message, type } = (response.json() as { error: { message: string; type: string } }).error;
    expect([response.status, codeOf(response), type]).toEqual([404, 'base_url_invalid', 'not_found_error']);
    expect(response.header('x-should-retry')).toBe('false');
    return message;
  };

  it.each(['/chat/completions', '/responses', '/models', '/embeddings', '/audio/speech', '/unknown/operation'])(
    'without /v1 learns it at %s',
    async (path) => {
      expect(await messageOf(path)).toBe(`There is nothing at ${path}: the base URL must end in /v1.`);
    },
  );

  it.each(['/openai/v1/chat/completions', '/api/v1/responses', '/openai/deployments/d/chat/completions', '/V1/models'])(
    'with another path learns it at %s',
    async (path) => {
      expect(await messageOf(path)).toBe(
        `There is nothing at ${path}: the base URL must be the address of this server followed by /v1.`,
      );
    },
  );

  it('learns it without a credential too', async () => {
    expect(await messageOf('/v2/models', 'GET', [])).toContain('/v1');
  });

  it.each(['/v1/v1/chat/completions', '/v1//v1/responses', '/v1/v1', '/v1/v1/v1/models'])(
    'with /v1 twice learns it at %s, and pays nothing',
    async (path) => {
      const token = await fixture.app.token({ max_requests: 1 });
      expect(await messageOf(path, 'POST', fixture.headers(token))).toBe(
        `There is nothing at ${path}: the base URL must end in /v1, once.`,
      );
      expect(fixture.bytesUpstream).toBe(0);
      expect((await fixture.app.tokenById(token.id)).remaining_requests).toBe(1);
    },
  );

  it.each(['/v1/videos', '/v1/vector_stores/vs_1', '/v1//chat/completions', '/v1/v1beta', '/v1/v10/models'])(
    'is not meant by %s',
    async (target) => expect((await fixture.call({ target })).status).toBe(200),
  );

  it('reads no credential in its path back', async () => {
    const { token } = fixture.token;
    const message = await messageOf(`/models/${token}`);
    expect(message).not.toContain(token.slice(8));
    expect(await messageOf(`/models/${'a'.repeat(5000)}`)).toHaveLength(
      100 + '…: the base URL must end in /v1.'.length + 'There is nothing at '.length,
    );
  });
});
