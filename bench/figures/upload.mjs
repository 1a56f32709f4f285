import { RESPONSE_BODY, jsonRequest, receipt, uploadHead } from '../exchange.mjs';
import { memoryBytes } from '../process.tree.mjs';
import { interleaved } from '../rounds.mjs';
import { row } from '../rows.mjs';
import { paired } from '../statistics.mjs';
import { startTargets } from '../targets/targets.mjs';

const BYTES = 100 * 2 ** 20;

/** Uploads of 100 MB: throughput relative to the direct connection, and peak memory above that of the idle, warm process. */
export async function uploadFigure(bench) {
  const { upload } = bench.options.sizes;
  const upstream = await bench.ownUpstream();
  const targets = await startTargets(bench, upstream.port, ['nginx', 'sqlite', 'postgres']);
  const proxies = targets.list.filter(({ pids }) => pids.length > 0);
  const send = (target) =>
    bench.load(target, 'upload', { head: uploadHead(target.authorization, BYTES), bytes: BYTES, body: receipt(BYTES) });
  try {
    for (const target of targets.list) await warm(bench, target);
    const idle = new Map(proxies.map(({ name, pids }) => [name, memoryBytes(pids, 'VmRSS')]));
    for (const target of targets.list) for (let i = 0; i < upload.warm; i += 1) await send(target);
    const samples = await interleaved(targets.list, upload.rounds, send);
    const above = proxies.map(({ name, pids }) => [name, [(memoryBytes(pids, 'VmHWM') - idle.get(name)) / 2 ** 20]]);
    return [
      row('upload.rate', '100 MB upload, throughput × direct', shareOfDirect(samples), 2),
      row('upload.peak', '100 MB upload, peak memory above idle, MiB', Object.fromEntries(above), 1),
    ];
  } finally {
    await targets.stop();
    await upstream.stop();
  }
}

/** Idle memory is that of a server after requests, not right after its start. */
const warm = (bench, target) =>
  bench.load(target, 'closedLoop', {
    requests: [jsonRequest(target.authorization)],
    body: RESPONSE_BODY,
    connections: 16,
    ms: bench.options.sizes.upload.warmMs,
  });

function shareOfDirect(samples) {
  const times = Object.fromEntries([...samples].map(([name, list]) => [name, list.map(({ ms }) => ms)]));
  const others = Object.entries(times).filter(([name]) => name !== 'direct');
  return Object.fromEntries(others.map(([name, list]) => [name, paired(times.direct, list)]));
}
