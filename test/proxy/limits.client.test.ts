import OpenAI, { RateLimitError } from 'openai';
import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('the official openai client', () => {
  const fixture = ProxyFixture.forTests({
    DISTRIBUTED_RATE_LIMIT_ENABLED: 'true',
    DISTRIBUTED_RATE_LIMIT_MAX: '1',
    DISTRIBUTED_RATE_LIMIT_WINDOW: '3s',
  });
  const client = (maxRetries: number, { token }: { token: string }) =>
    new OpenAI({ apiKey: token, baseURL: `${fixture.app.url}/v1`, maxRetries });

  it('raises RateLimitError where a limit is reached', async () => {
    const token = await fixture.app.token();
    await client(0, token).models.list();
    const refused: unknown = await client(0, token)
      .models.list()
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  });

  it('waits for Retry-After and gets through', async () => {
    const token = await fixture.app.token();
    await Promise.all([1, 2].map(() => client(2, token).models.list()));
    expect(fixture.upstream.requests).toHaveLength(2);
  });
});
