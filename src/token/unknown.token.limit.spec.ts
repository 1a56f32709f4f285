import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileNetworks } from '../common/values/networks.js';
import type { AppConfig } from '../config/app.config.js';
import { AT_ONCE, BURST, PER_SECOND, UnknownTokenLimit } from './unknown.token.limit.js';

const request = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded ? { 'x-forwarded-for': forwarded } : {},
  }) as unknown as IncomingMessage;
const unknown = async (): Promise<null> => null;

describe(UnknownTokenLimit.name, () => {
  let limit: UnknownTokenLimit;
  let asked = 0;
  const tryOne = (from: IncomingMessage, find: () => Promise<string | null> = unknown) =>
    limit.lookUp(from, `token ${(asked += 1)}`, find);
  const useUp = async (from: IncomingMessage) => {
    for (let i = 0; i < BURST; i += 1) await tryOne(from);
  };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    limit = new UnknownTokenLimit({ trustedProxies: compileNetworks(['10.0.0.1']) } as AppConfig);
  });
  afterEach(() => vi.useRealTimers());

  it('refuses an address that has used its allowance up, until time has passed', async () => {
    await useUp(request('1.1.1.1'));
    await expect(tryOne(request('1.1.1.1'))).rejects.toMatchObject({
      code: 'too_many_attempts',
      status: 429,
      retry: true,
      retryAfterMs: 1000 / PER_SECOND,
    });
    vi.advanceTimersByTime(1000 / PER_SECOND);
    expect(await tryOne(request('1.1.1.1'))).toBeNull();
  });

  it('counts behind a trusted proxy by the client, and an IPv6 /64 as one', async () => {
    await useUp(request('10.0.0.1', '2001:db8::1'));
    await expect(tryOne(request('10.0.0.1', '2001:db8::2'))).rejects.toThrow();
    expect(await tryOne(request('10.0.0.1', '2.2.2.2'))).toBeNull();
    expect(await tryOne(request('3.3.3.3', '2001:db8::1'))).toBeNull();
  });

  it('counts neither a token that exists nor a database that fails', async () => {
    for (let i = 0; i < BURST + 10; i += 1)
      expect(await tryOne(request('1.1.1.1'), async () => 'a token')).toBe('a token');
    for (let i = 0; i < BURST + 10; i += 1)
      await expect(tryOne(request('1.1.1.1'), () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await tryOne(request('1.1.1.1'))).toBeNull();
  });

  it('lets a token pass again that existed once', async () => {
    await limit.lookUp(request('1.1.1.1'), 'mine', async () => 'a token');
    await useUp(request('1.1.1.1'));
    expect(await limit.lookUp(request('1.1.1.1'), 'mine', async () => 'a token')).toBe('a token');
  });

  it('asks the database for few of one address at the same time', async () => {
    let running = 0;
    let most = 0;
    const find = async (): Promise<null> => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return null;
    };
    await Promise.all(Array.from({ length: 50 }, () => tryOne(request('1.1.1.1'), find)));
    expect(most).toBe(AT_ONCE);
  });
});
