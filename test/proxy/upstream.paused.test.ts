import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connector } from '../../src/upstream/upstream.connector.js';
import type { UpstreamExchange } from '../../src/upstream/upstream.exchange.js';
import { UpstreamPool } from '../../src/upstream/upstream.pool.js';
import { until } from '../support/app.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { answer } from '../support/upstream.scenarios.js';

let upstream: RecordingUpstream;
let pool: UpstreamPool;

beforeAll(async () => {
  upstream = await RecordingUpstream.start();
  const connect = connector(`http://127.0.0.1:${upstream.port}`, { timeoutMs: 5000 });
  pool = new UpstreamPool({ connect, maxConnections: 1, idleMs: 5000 });
});
afterAll(async () => {
  pool.close();
  await upstream.close();
});

function get(): { exchange: UpstreamExchange; calls: string[] } {
  const calls: string[] = [];
  const exchange = pool.dispatch({ method: 'GET', target: '/v1/models', host: 'a', headers: [], length: 0 }, null, {
    onSending: () => undefined,
    onInformational: () => undefined,
    onHead: () => undefined,
    onData: (bytes) => void calls.push(bytes.toString('latin1')),
    onEnd: () => void calls.push('end'),
    onError: ({ kind }) => void calls.push(kind),
  });
  return { exchange, calls };
}

it('an earlier exchange of a connection does not resume a paused one', async () => {
  upstream.once(answer({ body: 'first' }));
  const paced = upstream.sse();
  const first = get();
  await until('the first response', () => first.calls.at(-1) === 'end');
  const second = get();
  await paced.opened();
  await paced.send('data: 1\n\n');
  await until('the first event', () => second.calls.length === 1);
  second.exchange.pause();
  first.exchange.resume();
  await paced.send('data: 2\n\n');
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
  expect(second.calls).toEqual(['data: 1\n\n']);
  second.exchange.resume();
  await until('the second event', () => second.calls.length === 2);
  await paced.end();
  await until('the end', () => second.calls.at(-1) === 'end');
  expect(upstream.connections).toHaveLength(1);
});
