import { setTimeout as sleep } from 'node:timers/promises';
import { streamRequest } from '../exchange.mjs';
import { fileLimit } from '../machine.mjs';
import { memoryBytes } from '../process.tree.mjs';
import { row } from '../rows.mjs';
import { startTargets } from '../targets/targets.mjs';

/** An open stream sends no further events during the measurement. */
const SILENCE_MS = 3_600_000;
const WARM_STREAMS = 100;
/** Descriptors of a proxy besides the two for each open stream. */
const SPARE_FILES = 200;

/** The resident memory of an idle event stream, with 1,000 and with 5,000 open streams. */
export async function memoryFigure(bench) {
  const counts = bench.options.sizes.memory.counts.filter((count) => hasFilesFor(bench, count));
  const upstream = await bench.ownUpstream();
  const targets = await startTargets(bench, upstream.port, ['nginx', 'sqlite', 'events off', 'file sink', 'postgres']);
  const kib = Object.fromEntries(counts.map((count) => [count, {}]));
  try {
    for (const target of targets.list.filter(({ pids }) => pids.length > 0))
      for (const [count, value] of await growth(bench, target, counts)) kib[count][target.name] = [value];
  } finally {
    await targets.stop();
    await upstream.stop();
  }
  return counts.map((count) =>
    row(`memory.${count}`, `memory per open stream at ${count.toLocaleString('en')}, KiB`, kib[count], 1),
  );
}

function hasFilesFor(bench, count) {
  const enough = 2 * count + SPARE_FILES <= fileLimit();
  if (!enough) bench.say(`${count} streams: skipped, because the limit of open files is ${fileLimit()} (ulimit -n)`);
  return enough;
}

/** KiB per stream at each count, above the memory before the first stream. */
async function growth(bench, target, counts) {
  const { settleMs } = bench.options.sizes.memory;
  const request = streamRequest(target.authorization, 1_000_000, SILENCE_MS);
  await bench.load(target, 'openStreams', { request, count: WARM_STREAMS });
  await bench.load(target, 'closeStreams');
  await sleep(settleMs);
  const before = memoryBytes(target.pids, 'VmRSS');
  const values = [];
  for (const count of counts) {
    await bench.load(target, 'openStreams', { request, count });
    await sleep(settleMs);
    values.push([count, (memoryBytes(target.pids, 'VmRSS') - before) / count / 1024]);
  }
  await bench.load(target, 'closeStreams');
  return values;
}
