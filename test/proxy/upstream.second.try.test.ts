import { setImmediate as nextTurn } from 'node:timers/promises';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Connect, connector } from '../../src/upstream/upstream.connector.js';
import type { UpstreamObserver } from '../../src/upstream/upstream.exchange.js';
import { UpstreamPool } from '../../src/upstream/upstream.pool.js';
import { until } from '../support/app.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { answer } from '../support/upstream.scenarios.js';

const IGNORE: UpstreamObserver = {
  onSending: () => undefined,
  onInformational: () => undefined,
  onHead: () => undefined,
  onData: () => undefined,
  onEnd: () => undefined,
  onError: () => undefined,
};

let upstream: RecordingUpstream;
let pool: UpstreamPool;
/** Requested connections; each opens when its function is called. */
let requested: (() => void)[];

beforeEach(async () => {
  upstream = await RecordingUpstream.start();
  upstream.reply(answer({ body: 'ok' }));
  requested = [];
  const open = connector(`http://127.0.0.1:${upstream.port}`, { timeoutMs: 5000 });
  const connect: Connect = (...args) => void requested.push(() => open(...args));
  pool = new UpstreamPool({ connect, maxConnections: undefined, idleMs: 5000 });
});
afterEach(async () => {
  pool.close();
  await upstream.close();
});

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
};

it.each([undefined, 11])('sends a whole upload (length %s) that arrives between two connections', async (length) => {
  const body = new PassThrough();
  const headers = length === undefined ? [] : ['Content-Length', String(length)];
  pool.dispatch({ method: 'POST', target: '/v1/files', host: 'a', headers, length }, body, IGNORE);
  await until('the first connection', () => requested.length === 1);
  requested[0]!();
  await until('the connection to be open', () => upstream.connections.length === 1);
  await turns();
  upstream.connections[0]!.fin();
  await until('the second connection', () => requested.length === 2);
  body.write('hello');
  await turns();
  body.end(' world');
  await turns();
  requested[1]!();
  const request = await upstream.nextRequest();
  await request.completed();
  expect(request.text).toBe('hello world');
});
