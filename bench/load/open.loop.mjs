import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';
import { Connection, ResponseCheck } from './connection.mjs';
import { openConnections } from './connection.pool.mjs';

const SPARE_CONNECTIONS = 16;
const RESPONSE_TIMEOUT_MS = 5000;

/**
 * Sends `rate` requests a second for `ms` without waiting for responses, so that a slow response delays no later request.
 * Measures the microseconds from the write of a request to the last byte of its response. It sleeps between requests,
 * because a busy loop would take the upstream's core and add tens of milliseconds to every p90.
 */
export async function openLoop({ port, request, body, rate, ms }) {
  const free = await openConnections(port, SPARE_CONNECTIONS);
  const run = { free, port, text: Buffer.from(request), expected: Buffer.from(body), ok: 0, times: [] };
  const startedAt = performance.now();
  const total = Math.floor((rate * ms) / 1000);
  const responses = [];
  for (let sent = 0; sent < total; sent += 1) {
    const dueAt = startedAt + (sent * 1000) / rate;
    if (dueAt > performance.now()) await sleep(dueAt - performance.now());
    responses.push(sendOnce(run));
  }
  await Promise.race([Promise.all(responses), sleep(RESPONSE_TIMEOUT_MS, undefined, { ref: false })]);
  for (const connection of run.free.splice(SPARE_CONNECTIONS)) connection.close();
  const { ok, times } = run;
  return { ok, bad: total - ok, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

async function sendOnce(run) {
  const connection = run.free.pop() ?? (await Connection.open(run.port));
  await new Promise((finished) => {
    const sentAt = performance.now();
    const check = new ResponseCheck(run.expected, (correct) => {
      if (correct) {
        run.ok += 1;
        run.times.push((performance.now() - sentAt) * 1000);
      }
      if (connection.isOpen) run.free.push(connection);
      finished();
    });
    connection.send(run.text, check);
  });
}
