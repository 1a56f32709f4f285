import { describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { BuiltProxy, SMALL_HEAP } from '../support/built.proxy.js';
import { RawClient, request } from '../support/raw.client.js';

const MIB = 1024 * 1024;
const WAVES = 20;
const WAVE = 200;
const WARM_UP = 5;
/** Descriptors that may be open besides those before the waves. */
const SPARE = 5;

describe.skipIf(process.platform !== 'linux')('waves of calls', () => {
  const proxy = BuiltProxy.forTests();
  const aborted = async (): Promise<void> => {
    const client = await RawClient.connect(proxy.port);
    await client.send({ method: 'POST', target: '/v1/responses', headers: proxy.bearer(), body: '{}' });
    await client.sees('data: ');
    client.reset();
  };
  const post = (target: string, body: string) =>
    request(proxy.port, { method: 'POST', target, headers: proxy.bearer(), body });
  const calls: (() => Promise<unknown>)[] = [
    () => request(proxy.port, { target: '/v1/models', headers: proxy.bearer() }),
    () => post('/v1/files', 'a'.repeat(20_000)),
    () => post('/v1/responses', '{}'),
    () => request(proxy.port, { target: '/v1/models', headers: proxy.bearer('x') }),
    aborted,
  ];
  const wave = () => Promise.all(Array.from({ length: WAVE }, (_, i) => calls[i % calls.length]!()));
  /** The upstream closes the connections that the proxy keeps for later calls. */
  const upstreamIsFree = () =>
    new Promise<boolean>((resolve) => {
      proxy.upstream.closeIdleConnections();
      proxy.upstream.getConnections((_error, count) => resolve(count === 0));
    });

  it(`RX-07 ${WAVES} of ${WAVE} calls, a fifth of them aborted, leave neither memory nor sockets behind`, async () => {
    await proxy.start({ NODE_OPTIONS: SMALL_HEAP });
    // One call of each kind opens what the process keeps open for good.
    for (const call of calls) await call();
    await until('the upstream to be free', upstreamIsFree);
    const baseline = proxy.descriptors;
    for (let i = 0; i < WARM_UP; i += 1) await wave();
    const resident: number[] = [];
    for (let i = 0; i < WAVES; i += 1) {
      await wave();
      resident.push(proxy.server.residentBytes());
    }
    const [warm, last] = [median(resident.slice(5, 10)), median(resident.slice(-5))];
    const shown = resident.map((bytes) => Math.round(bytes / MIB)).join(' ');
    process.stdout.write(`RX-07: ${shown} MiB; ${((last / warm - 1) * 100).toFixed(1)} % more in the end\n`);
    await until('the upstream to be free', upstreamIsFree);
    await until(`no more than ${baseline} descriptors`, () => proxy.descriptors <= baseline + SPARE);
    process.stdout.write(`RX-07: ${baseline} descriptors at first, ${proxy.descriptors} in the end\n`);
    expect(last).toBeLessThanOrEqual(warm * 1.1);
  });
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
