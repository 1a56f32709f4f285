import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER, jsonRequest } from '../exchange.mjs';
import { PROXY_CORE } from '../machine.mjs';
import { coreBusyNanos, cpuNanos, memoryBytes } from '../process.tree.mjs';
import { field, interleaved } from '../rounds.mjs';
import { ratioRow, row } from '../rows.mjs';
import { startTargets } from '../targets/targets.mjs';

/** More of the proxies' core than this for others makes a round a loud one. */
const LOUD_SHARE = 0.12;
/** What a server does right behind its answers is part of their cost. */
const SETTLE_MS = 20;

/** CPU and throughput of one slice of a closed loop. */
export async function slice(bench, target, requests, connections, ms) {
  const [busy, cpu, startedAt] = [coreBusyNanos(PROXY_CORE), cpuNanos(target.pids), performance.now()];
  const load = await bench.load(target, 'closedLoop', { requests, body: ANSWER, connections, ms });
  await sleep(SETTLE_MS);
  const nanos = cpuNanos(target.pids) - cpu;
  const foreign = (coreBusyNanos(PROXY_CORE) - busy - nanos) / (performance.now() - startedAt) / 1e6;
  if (target.pids.length > 0) bench.disturbed.rounds += 1;
  if (target.pids.length > 0 && foreign > LOUD_SHARE) bench.disturbed.loud += 1;
  return { micros: target.pids.length > 0 ? nanos / load.ok / 1000 : Number.NaN, rate: load.ok / load.wallMs };
}

/** A chat completion, as fast as it is answered: CPU a request, throughput, peak memory. */
export async function jsonFigure(bench) {
  const { json } = bench.options.sizes;
  const upstream = await bench.jsonUpstream();
  const names = ['nginx', 'sqlite', 'sqlite capped', 'postgres', 'postgres capped'];
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
    row('json.cpu', 'CPU a request, µs', micros, 1),
    ratioRow('json.cpu.floor', 'CPU a request ÷ floor', micros, 'floor'),
    ratioRow('json.cpu.nginx', 'CPU a request ÷ nginx', micros, 'nginx'),
    ratioRow('json.rate.floor', 'throughput ÷ floor', field(samples, 'rate'), 'floor'),
    row('json.peak', 'peak memory under this load, MiB', Object.fromEntries(peaks)),
  ];
}

const peakMiB = ({ pids }) => memoryBytes(pids, 'VmHWM') / 2 ** 20;
