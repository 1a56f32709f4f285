import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';
import { Check, Line } from './line.mjs';
import { lines } from './lines.mjs';

const SPARE_LINES = 16;
const PATIENCE_MS = 5000;

/**
 * Sends `rate` requests a second for `ms`, whatever comes back: a slow answer delays no later request. Microseconds
 * from the write of a request to the last byte of its answer. It sleeps between requests: a generator that spins takes
 * the upstream's core and adds tens of milliseconds to everybody's p90.
 */
export async function openLoop({ port, request, body, rate, ms }) {
  const free = await lines(port, SPARE_LINES);
  const run = { free, port, text: Buffer.from(request), expected: Buffer.from(body), ok: 0, times: [] };
  const startedAt = performance.now();
  const total = Math.floor((rate * ms) / 1000);
  const answers = [];
  for (let sent = 0; sent < total; sent += 1) {
    const dueAt = startedAt + (sent * 1000) / rate;
    if (dueAt > performance.now()) await sleep(dueAt - performance.now());
    answers.push(askOnce(run));
  }
  await Promise.race([Promise.all(answers), sleep(PATIENCE_MS, undefined, { ref: false })]);
  for (const line of run.free.splice(SPARE_LINES)) line.close();
  const { ok, times } = run;
  return { ok, bad: total - ok, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

async function askOnce(run) {
  const line = run.free.pop() ?? (await Line.open(run.port));
  await new Promise((answered) => {
    const sentAt = performance.now();
    const check = new Check(run.expected, (correct) => {
      if (correct) {
        run.ok += 1;
        run.times.push((performance.now() - sentAt) * 1000);
      }
      if (line.isOpen) run.free.push(line);
      answered();
    });
    line.ask(run.text, check);
  });
}
