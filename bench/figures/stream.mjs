import { setTimeout as sleep } from 'node:timers/promises';
import { streamRequest } from '../exchange.mjs';
import { cpuNanos } from '../process.tree.mjs';
import { field, interleaved } from '../rounds.mjs';
import { addedToDirect, ratioRow, row } from '../rows.mjs';
import { startTargets } from '../targets/targets.mjs';

const STREAMS = 60;
const INTERVAL_MS = 10;
const SETTLE_MS = 20;

/** Event streams: CPU a chunk, how long a chunk is held, and how much later the first one comes. */
export async function streamFigure(bench) {
  const { stream } = bench.options.sizes;
  const upstream = await bench.ownUpstream();
  const targets = await startTargets(bench, upstream.port, ['nginx', 'sqlite', 'postgres']);
  try {
    for (const target of targets.list) {
      await flow(bench, target, stream.warmChunks);
      // As many as it takes until the way of a request is compiled: one at a time, they are over in a second.
      await firstByte(bench, target, stream.warmFirstBytes);
    }
    const flows = await interleaved(targets.list, stream.rounds, (target) => flow(bench, target, stream.chunks));
    const firsts = await interleaved(targets.list, stream.rounds, (target) =>
      firstByte(bench, target, stream.firstBytes),
    );
    return streamRows(flows, firsts);
  } finally {
    await targets.stop();
    await upstream.stop();
  }
}

async function flow(bench, target, chunks) {
  const cpu = cpuNanos(target.pids);
  const request = streamRequest(target.authorization, chunks, INTERVAL_MS);
  const load = await bench.load(target, 'streams', { request, streams: STREAMS, chunks, intervalMs: INTERVAL_MS });
  await sleep(SETTLE_MS);
  const micros = (cpuNanos(target.pids) - cpu) / load.chunks / 1000;
  return { micros: target.pids.length > 0 ? micros : Number.NaN, heldMs: load.p99 / 1000 };
}

const firstByte = (bench, target, count) =>
  bench.load(target, 'firstBytes', { request: streamRequest(target.authorization, 1, INTERVAL_MS), count });

function streamRows(flows, firsts) {
  const micros = field(flows, 'micros');
  const first = addedToDirect(field(firsts, 'p50'));
  return [
    row('stream.cpu', 'CPU an SSE chunk, µs', micros, 1),
    ratioRow('stream.cpu.floor', 'CPU an SSE chunk ÷ floor', micros, 'floor'),
    row('stream.held', 'chunk hold p99 over direct, ms', addedToDirect(field(flows, 'heldMs')), 2),
    row('stream.first', 'added time to first byte, µs', first),
    ratioRow('stream.first.floor', 'added time to first byte ÷ floor', first, 'floor'),
  ];
}
