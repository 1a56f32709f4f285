import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('IP_RATE_LIMIT', () => {
  const fixture = ProxyFixture.forTests({ IP_RATE_LIMIT: '2', TRUSTED_PROXIES: '127.0.0.1' });
  const from = async (...addresses: string[]): Promise<number[]> => {
    const answers = [];
    for (const address of addresses)
      answers.push(await fixture.call({ headers: [...fixture.headers(), ['X-Forwarded-For', address]] }));
    return answers.map(({ status }) => status);
  };

  it('counts each address that a trusted proxy names by itself, whatever a client claims', async () => {
    expect(await from('192.0.2.1', '192.0.2.2', '192.0.2.1')).toEqual([200, 200, 200]);
    expect(await from('192.0.2.1', '198.51.100.7, 192.0.2.1', '192.0.2.2')).toEqual([429, 429, 200]);
  });

  it('counts the addresses of one IPv6 network together', async () => {
    expect(await from('2001:db8::1', '2001:DB8:0:0::2', '2001:db8::3', '2001:db8:0:1::1')).toEqual([
      200, 200, 429, 200,
    ]);
  });

  it('counts nothing for a credential that is refused', async () => {
    const wrong = {
      headers: [
        ['Authorization', 'Bearer nope'],
        ['X-Forwarded-For', '192.0.2.9'],
      ] as [string, string][],
    };
    for (let i = 0; i < 4; i += 1) expect((await fixture.call(wrong)).status).toBe(401);
    expect(await from('192.0.2.9', '192.0.2.9')).toEqual([200, 200]);
  });
});

describe('GLOBAL_RATE_LIMIT', () => {
  const fixture = ProxyFixture.forTests({ GLOBAL_RATE_LIMIT: '3' });

  it('counts all tokens together, and nothing that their own limits refuse', async () => {
    const slow = await fixture.app.token({ rate_limit_per_minute: 1 });
    const status = async (token: { token: string }) => (await fixture.call({ headers: fixture.headers(token) })).status;
    expect([await status(slow), await status(slow), await status(slow)]).toEqual([200, 429, 429]);
    expect([await status(fixture.token), await status(fixture.token), await status(fixture.token)]).toEqual([
      200, 200, 429,
    ]);
    expect((await fixture.app.manage('GET', '/manage/projects')).status).toBe(200);
  });
});
