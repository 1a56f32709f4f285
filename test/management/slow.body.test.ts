import { afterEach, describe, expect, it, vi } from 'vitest';
import { MANAGEMENT_TOKEN, until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('a management body', () => {
  const fixture = ProxyFixture.forTests();
  afterEach(() => vi.restoreAllMocks());

  const begun = async (token: string) => {
    const client = await fixture.connect();
    await client.write(
      `POST /manage/projects HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    return client;
  };

  it('RX-02 that does not arrive in ten seconds is refused, and nothing waits for it', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const client = await begun(MANAGEMENT_TOKEN);
    const deadline = () => timers.mock.calls.find(([, ms]) => ms === 10_000)?.[0];
    await until('the deadline to be set', () => deadline() !== undefined);
    (deadline() as () => void)();
    const response = await client.response();
    expect(response.status).toBe(408);
    expect(response.json()).toMatchObject({ code: 'request_timeout' });
    client.destroy();
  });

  it('AD-01 of a request without a valid credential is not waited for at all', async () => {
    const client = await begun('unknown');
    expect((await client.response()).status).toBe(401);
    client.destroy();
  });

  it('BD-06 that nests deep is refused in one line, without a stack', async () => {
    for (const depth of [9, 5000]) {
      const body = `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      const response = await fixture.call({
        target: '/manage/projects',
        headers: [['Authorization', `Bearer ${MANAGEMENT_TOKEN}`], ['Content-Type', 'application/json']], // prettier-ignore
        body,
      });
      expect([response.status, (response.json() as { code: string }).code]).toEqual([400, 'json_invalid']);
    }
    expect(fixture.app.log).not.toContain('RangeError');
  });
});
