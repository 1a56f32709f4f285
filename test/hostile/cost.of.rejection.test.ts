import { describe, expect, it } from 'vitest';
import { newSecret } from '../../src/token/token.secret.js';
import { BuiltProxy } from '../support/built.proxy.js';
import { RawClient } from '../support/raw.client.js';

const REJECTED = 2000;
const CLIENTS = 20;

interface Kind {
  what: string;
  /** Whether the server keeps the connection after the refusal. */
  keepsConnection: boolean;
  reject(client: RawClient): Promise<unknown>;
}

describe.skipIf(process.platform !== 'linux')('a rejected request', () => {
  const proxy = BuiltProxy.forTests();
  const statusOf = async (client: RawClient, target: string, secret?: string): Promise<number> => {
    await client.send({ target, headers: proxy.bearer(secret) });
    return (await client.response()).status;
  };
  const kinds: Kind[] = [
    {
      what: 'unknown token',
      keepsConnection: true,
      // From one address, more than a few hundred are refused before they reach the database.
      reject: async (client) => expect([401, 429]).toContain(await statusOf(client, '/v1/models', newSecret())),
    },
    {
      what: 'malformed token',
      keepsConnection: true,
      reject: async (client) => expect(await statusOf(client, '/v1/models', 'sk-wt-no')).toBe(401),
    },
    {
      what: 'bad target',
      keepsConnection: false,
      reject: async (client) => expect(await statusOf(client, '/v1/%2e%2e/a')).toBe(400),
    },
  ];

  /** Processor time for `count` rejected requests over twenty connections at once. */
  async function cpuMsOf({ reject, keepsConnection }: Kind, count: number): Promise<number> {
    const before = proxy.cpuMs;
    const flood = async (): Promise<void> => {
      let client = await RawClient.connect(proxy.port);
      for (let i = 0; i < count / CLIENTS; i += 1) {
        await reject(client);
        if (keepsConnection) continue;
        client.destroy();
        client = await RawClient.connect(proxy.port);
      }
      client.destroy();
    };
    await Promise.all(Array.from({ length: CLIENTS }, flood));
    return proxy.cpuMs - before;
  }

  it(`RX-13 costs less than 1 ms of processor, over ${REJECTED} of them`, async () => {
    await proxy.start();
    const share = Math.ceil(REJECTED / kinds.length / CLIENTS) * CLIENTS;
    let total = 0;
    for (const kind of kinds) {
      await cpuMsOf(kind, 400);
      const ms = await cpuMsOf(kind, share);
      process.stdout.write(`RX-13: ${kind.what}: ${Math.round((ms / share) * 1000)} µs of processor each\n`);
      total += ms;
    }
    expect(total / (share * kinds.length)).toBeLessThan(1);
  });
});
