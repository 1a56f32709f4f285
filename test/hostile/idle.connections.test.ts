import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { BuiltProxy, SMALL_HEAP } from '../support/built.proxy.js';
import { RawClient, request } from '../support/raw.client.js';

const KIB = 1024;
const IDLE = 3000;

describe.skipIf(process.platform !== 'linux')('idle connections', () => {
  const proxy = BuiltProxy.forTests();
  const live = async (client: RawClient): Promise<string | undefined> => {
    await client.write('GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
    return (await client.response()).header('keep-alive');
  };
  const open = async (count: number): Promise<RawClient[]> => {
    const clients: RawClient[] = [];
    for (let i = 0; i < count; i += 100) {
      const some = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(proxy.port)));
      // Pools of clients keep a connection for 90 s: the server, which must not be the first to close, for 95 s at least.
      for (const kept of await Promise.all(some.map(live)))
        expect(Number(/timeout=(\d+)/.exec(kept ?? '')?.[1])).toBeGreaterThanOrEqual(95);
      clients.push(...some);
    }
    return clients;
  };

  it(`RX-04 ${IDLE} of them cost at most 20 KiB each, and a call beside them is served`, async () => {
    await proxy.start({ NODE_OPTIONS: SMALL_HEAP });
    for (const client of await open(500)) client.destroy();
    await until('these to be gone', () => proxy.descriptors < 100);
    const before = proxy.server.residentBytes();
    const clients = await open(IDLE);
    const each = (proxy.server.residentBytes() - before) / IDLE;
    process.stdout.write(`RX-04: ${(each / KIB).toFixed(1)} KiB for each of ${IDLE} idle connections\n`);
    expect(proxy.descriptors).toBeGreaterThan(IDLE);
    expect((await request(proxy.port, { target: '/v1/models', headers: proxy.bearer() })).status).toBe(200);
    expect(each).toBeLessThanOrEqual(20 * KIB);
    for (const client of clients) client.destroy();
    await until('all to be gone', () => proxy.descriptors < 100);
  });
});
