import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';
import { EventCheck } from './event.check.mjs';
import { Connection } from './connection.mjs';
import { openConnections } from './connection.pool.mjs';

/**
 * Reads `count` event streams at the same time, each to its end. Their starts are spread over one interval, because chunks
 * that arrive together would wait for each other in the load generator. Measures the microseconds from the upstream's
 * write of a chunk to its arrival.
 */
export async function streams({ port, request, streams: count, chunks, intervalMs }) {
  const text = Buffer.from(request);
  const delays = [];
  const open = await openConnections(port, count);
  const ends = await Promise.all(
    open.map(async (connection, index) => {
      await sleep((index * intervalMs) / count);
      return new Promise((done) => connection.send(text, new EventCheck(chunks, { done, delays })));
    }),
  );
  const ok = ends.filter(Boolean).length;
  return { ok, bad: count - ok, chunks: delays.length, p50: percentile(delays, 0.5), p99: percentile(delays, 0.99) };
}

/** Reads streams of one event, one after the other. Measures the microseconds from the request to the end of the event. */
export async function firstBytes({ port, request, count }) {
  const text = Buffer.from(request);
  const [connection] = await openConnections(port, 1);
  const times = [];
  let bad = 0;
  for (let i = 0; i < count && connection.isOpen; i += 1) {
    const sentAt = performance.now();
    const first = () => times.push((performance.now() - sentAt) * 1000);
    const correct = await new Promise((done) => connection.send(text, new EventCheck(1, { first, done })));
    if (!correct) bad += 1;
  }
  return { ok: count - bad, bad: bad + (connection.isOpen ? 0 : 1), p50: percentile(times, 0.5) };
}

const idleStreams = [];
const BATCH_SIZE = 100;

/** Opens streams until `count` are open, and waits for the first event of each. They stay open until `closeStreams`. */
export async function openStreams({ port, request, count }) {
  const text = Buffer.from(request);
  let bad = 0;
  while (idleStreams.length < count) {
    const batch = Array.from({ length: Math.min(BATCH_SIZE, count - idleStreams.length) }, async () =>
      openStream(port, text),
    );
    for (const outcome of await Promise.all(batch)) if (!outcome) bad += 1;
  }
  return { ok: count - bad, bad };
}

async function openStream(port, text) {
  const connection = await Connection.open(port);
  idleStreams.push(connection);
  return new Promise((seen) => {
    const check = new EventCheck(1, { first: () => seen(check.correct), done: () => seen(false) });
    connection.send(text, check);
  });
}

/** Closes all open streams. */
export async function closeStreams() {
  for (const connection of idleStreams.splice(0)) connection.close();
  return { ok: 0, bad: 0 };
}
