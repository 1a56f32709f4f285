import { setTimeout as sleep } from 'node:timers/promises';
import { RESPONSE_BODY, jsonRequest } from '../exchange.mjs';
import { PROXY_CORE } from '../machine.mjs';
import { coreBusyNanos, cpuNanos, memoryBytes } from '../process.tree.mjs';
import { field, interleaved } from '../rounds.mjs';
import { ratioRow, row } from '../rows.mjs';
import { startTargets } from '../targets/targets.mjs';

/** A round is disturbed when other processes use more than this share of the proxies' core. */
const DISTURBED_SHARE = 0.12;
/** Work that a server does right after a response is part of its cost. */
const SETTLE_MS = 20;

/** CPU and throughput of one slice of a closed loop. */
export async function slice(bench, target, requests, connections, ms) {
  const [busy, cpu, startedAt] = [coreBusyNanos(PROXY_CORE), cpuNanos(target.pids), performance.now()];
  const load = await bench.load(target, 'closedLoop', { requests, body: RESPONSE_BODY, connections, ms });
  await sleep(SETTLE_MS);
  const nanos = cpuNanos(target.pids) - cpu;
  const foreign = (coreBusyNanos(PROXY_CORE) - busy - nanos) / (performance.now() - startedAt) / 1e6;
  if (target.pids.length > 0) bench.rounds.all += 1;
  if (target.pids.length > 0 && foreign > DISTURBED_SHARE) bench.rounds.disturbed += 1;
  return { micros: target.pids.length > 0 ? nanos / load.ok / 1000 : Number.NaN, rate: load.ok / load.wallMs };
}

/** Chat completions in a closed loop: CPU per request, throughput, peak memory. */
export async function jsonFigure(bench) {
  const { json } = bench.options.sizes;
  const upstream = await bench.jsonUpstream();
  const names = [
    'nginx',
    'sqlite',
    'sqlite capped',
    'events off',
    'sums only',
    'file sink',
    'postgres',
    'postgres capped',
  ];
  const targets = await startTargets(bench, upstream.port, names);
  const run = (target, ms) => slice(bench, target, [jsonRequest(target.authorization)], json.connections, ms);
  try {
    for (const target of targets.list) await run(target, json.warmMs);
    const samples = await interleaved(targets.list, json.rounds, (target) => run(target, json.sliceMs));
    return jsonRows(samples, targets.list);
  } finally {
    await targets.stop();
    await upstream.stop();
  }
}

function jsonRows(samples, targets) {
  const micros = field(samples, 'micros');
  const peaks = targets.filter(({ pids }) => pids.length > 0).map((target) => [target.name, [peakMiB(target)]]);
  return [
    row('json.cpu', 'CPU per request, µs', micros, 1),
    ratioRow('json.cpu.floor', 'CPU per request ÷ floor', micros, 'floor'),
    ratioRow('json.cpu.nginx', 'CPU per request ÷ nginx', micros, 'nginx'),
    ratioRow('json.rate.floor', 'throughput ÷ floor', field(samples, 'rate'), 'floor'),
    row('json.peak', 'peak memory under this load, MiB', Object.fromEntries(peaks)),
  ];
}

const peakMiB = ({ pids }) => memoryBytes(pids, 'VmHWM') / 2 ** 20;
