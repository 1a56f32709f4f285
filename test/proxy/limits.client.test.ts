import OpenAI, { RateLimitError } from 'openai';
import { describe, expect, it } from 'vitest';
import { House } from '../support/house.js';

describe('the official openai client', () => {
  const house = House.forTests({
    DISTRIBUTED_RATE_LIMIT_ENABLED: 'true',
    DISTRIBUTED_RATE_LIMIT_MAX: '1',
    DISTRIBUTED_RATE_LIMIT_WINDOW: '1s',
  });
  const client = (maxRetries: number, { token }: { token: string }) =>
    new OpenAI({ apiKey: token, baseURL: `${house.app.url}/v1`, maxRetries });

  it('raises RateLimitError where a limit is reached', async () => {
    const token = await house.app.token();
    await client(0, token).models.list();
    const refused: unknown = await client(0, token)
      .models.list()
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  });

  it('waits as it is told and gets through', async () => {
    const token = await house.app.token();
    await Promise.all([1, 2].map(() => client(2, token).models.list()));
    expect(house.upstream.requests).toHaveLength(2);
  });
});
