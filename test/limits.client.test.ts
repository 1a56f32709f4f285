import OpenAI, { RateLimitError } from 'openai';
import { describe, expect, it } from 'vitest';
import { House } from './support/house.js';

describe('the official openai client', () => {
  const house = House.forTests({
    DISTRIBUTED_RATE_LIMIT_ENABLED: 'true',
    DISTRIBUTED_RATE_LIMIT_MAX: '1',
    DISTRIBUTED_RATE_LIMIT_WINDOW: '500ms',
  });
  const client = (maxRetries: number, { token }: { token: string }) =>
    new OpenAI({ apiKey: token, baseURL: `${house.app.url}/v1`, maxRetries });

  it('raises RateLimitError where a limit is reached', async () => {
    const token = await house.app.token();
    const asked = await Promise.allSettled([1, 2].map(() => client(0, token).models.list()));
    const [refused] = asked.filter(({ status }) => status === 'rejected');
    expect((refused as PromiseRejectedResult).reason).toBeInstanceOf(RateLimitError);
    expect((refused as PromiseRejectedResult).reason).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  });

  it('waits as it is told and gets through', async () => {
    const token = await house.app.token();
    await Promise.all([1, 2].map(() => client(2, token).models.list()));
    expect(house.upstream.requests).toHaveLength(2);
  });
});
