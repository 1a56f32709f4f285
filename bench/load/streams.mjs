import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';
import { EventCheck } from './event.check.mjs';
import { Line } from './line.mjs';
import { lines } from './lines.mjs';

/**
 * So many event streams at a time, each read to its end. They begin one after the other over one interval: together,
 * every chunk would wait behind all others, and that is the load's doing. Microseconds from the upstream's write of a
 * chunk to its arrival here.
 */
export async function streams({ port, request, streams: count, chunks, intervalMs }) {
  const text = Buffer.from(request);
  const holds = [];
  const open = await lines(port, count);
  const ends = await Promise.all(
    open.map(async (line, index) => {
      await sleep((index * intervalMs) / count);
      return new Promise((done) => line.ask(text, new EventCheck(chunks, { done, holds })));
    }),
  );
  const ok = ends.filter(Boolean).length;
  return { ok, bad: count - ok, chunks: holds.length, p50: percentile(holds, 0.5), p99: percentile(holds, 0.99) };
}

/** Streams of one event, one after the other: microseconds from the request to the whole first event. */
export async function firstBytes({ port, request, count }) {
  const text = Buffer.from(request);
  const [line] = await lines(port, 1);
  const times = [];
  let bad = 0;
  for (let i = 0; i < count && line.isOpen; i += 1) {
    const sentAt = performance.now();
    const first = () => times.push((performance.now() - sentAt) * 1000);
    const correct = await new Promise((done) => line.ask(text, new EventCheck(1, { first, done })));
    if (!correct) bad += 1;
  }
  return { ok: count - bad, bad: bad + (line.isOpen ? 0 : 1), p50: percentile(times, 0.5) };
}

const held = [];
const AT_A_TIME = 100;

/** Opens streams until `count` are open in all, and has seen the first event of each. They stay open until `release`. */
export async function hold({ port, request, count }) {
  const text = Buffer.from(request);
  let bad = 0;
  while (held.length < count) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - held.length) }, async () => openStream(port, text));
    for (const outcome of await Promise.all(some)) if (!outcome) bad += 1;
  }
  return { ok: count - bad, bad };
}

async function openStream(port, text) {
  const line = await Line.open(port);
  held.push(line);
  return new Promise((seen) => {
    const check = new EventCheck(1, { first: () => seen(check.correct), done: () => seen(false) });
    line.ask(text, check);
  });
}

/** Leaves all open streams. */
export async function release() {
  for (const line of held.splice(0)) line.close();
  return { ok: 0, bad: 0 };
}
