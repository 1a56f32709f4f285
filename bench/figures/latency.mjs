import { RESPONSE_BODY, jsonRequest } from '../exchange.mjs';
import { field, interleaved } from '../rounds.mjs';
import { addedToDirect, ratioRow, row } from '../rows.mjs';
import { startTargets } from '../targets/targets.mjs';

const RATE = 200;

/** A chat completion every 5 ms in an open loop: the latency that a proxy adds to the direct connection. */
export async function latencyFigure(bench) {
  const { latency } = bench.options.sizes;
  const upstream = await bench.jsonUpstream();
  const targets = await startTargets(bench, upstream.port, [
    'nginx',
    'sqlite',
    'sqlite capped',
    'postgres',
    'postgres capped',
  ]);
  const run = (target, ms) =>
    bench.load(target, 'openLoop', { request: jsonRequest(target.authorization), body: RESPONSE_BODY, rate: RATE, ms });
  try {
    for (const target of targets.list) await warm(bench, target, latency.warmMs);
    const samples = await interleaved(targets.list, latency.rounds, (target) => run(target, latency.sliceMs));
    const p50 = addedToDirect(field(samples, 'p50'));
    const p99 = addedToDirect(field(samples, 'p99'));
    return [
      row('latency.p50', 'added p50 at 200/s, µs', p50),
      ratioRow('latency.p50.floor', 'added p50 ÷ floor', p50, 'floor'),
      row('latency.p99', 'added p99 at 200/s, µs', p99),
      ratioRow('latency.p99.floor', 'added p99 ÷ floor', p99, 'floor'),
    ];
  } finally {
    await targets.stop();
    await upstream.stop();
  }
}

/** A closed loop, because at 200 requests a second the compiler would need a minute to finish. */
const warm = (bench, target, ms) =>
  bench.load(target, 'closedLoop', {
    requests: [jsonRequest(target.authorization)],
    body: RESPONSE_BODY,
    connections: 16,
    ms,
  });
