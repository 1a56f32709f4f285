import { setTimeout as sleep } from 'node:timers/promises';
import { streamRequest } from '../exchange.mjs';
import { cpuNanos } from '../process.tree.mjs';
import { field, interleaved } from '../rounds.mjs';
import { addedToDirect, ratioRow, row } from '../rows.mjs';
import { startTargets } from '../targets/targets.mjs';

const STREAMS = 60;
const INTERVAL_MS = 10;
const SETTLE_MS = 20;

/** Event streams: CPU per chunk, the delay of a chunk, and the time that the first chunk takes longer. */
export async function streamFigure(bench) {
  const { stream } = bench.options.sizes;
  const upstream = await bench.ownUpstream();
  const targets = await startTargets(bench, upstream.port, ['nginx', 'sqlite', 'events off', 'file sink', 'postgres']);
  try {
    for (const target of targets.list) {
      await flow(bench, target, stream.warmChunks);
      // Enough requests until the code of a request is compiled; one at a time, they take about a second.
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
  return { micros: target.pids.length > 0 ? micros : Number.NaN, delayMs: load.p99 / 1000 };
}

const firstByte = (bench, target, count) =>
  bench.load(target, 'firstBytes', { request: streamRequest(target.authorization, 1, INTERVAL_MS), count });

function streamRows(flows, firsts) {
  const micros = field(flows, 'micros');
  const first = addedToDirect(field(firsts, 'p50'));
  return [
    row('stream.cpu', 'CPU per SSE chunk, µs', micros, 1),
    ratioRow('stream.cpu.floor', 'CPU per SSE chunk ÷ floor', micros, 'floor'),
    row('stream.held', 'added delay of a chunk, p99, ms', addedToDirect(field(flows, 'delayMs')), 2),
    row('stream.first', 'added time to first byte, µs', first),
    ratioRow('stream.first.floor', 'added time to first byte ÷ floor', first, 'floor'),
  ];
}
