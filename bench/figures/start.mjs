import { join } from 'node:path';
import { stopChild } from '../child.mjs';
import { nginxProgram, PROXY_CORE } from '../machine.mjs';
import { startNginxProxy } from '../nginx.mjs';
import { field, interleaved } from '../rounds.mjs';
import { ratioRow, row } from '../rows.mjs';
import { OurServer } from '../targets/ours.mjs';
import { startFloor, startHello } from '../targets/targets.mjs';

/** The time from the start of the process to the first 200 (of `/ready`, if there is one), with a database that was used before. */
export async function startFigure(bench) {
  const { options } = bench;
  const upstream = await bench.jsonUpstream();
  try {
    const starts = await starters(bench, upstream.port);
    const wanted = starts.filter(({ name }) => name === 'floor' || options.targets.includes(name));
    for (const { start } of wanted) await stopChild((await start()).child);
    const samples = await interleaved(wanted, options.sizes.start.rounds, timed);
    const ms = field(samples, 'ms');
    return [
      row('start.ms', 'cold start to /ready, ms', ms),
      ratioRow('start.floor', 'cold start to /ready ÷ floor', ms, 'floor'),
    ];
  } finally {
    await upstream.stop();
  }
}

async function timed({ start }) {
  const startedAt = performance.now();
  const { child } = await start();
  const ms = performance.now() - startedAt;
  // A graceful stop, because after a kill the next start would repair the database first.
  await stopChild(child);
  return { ms };
}

async function starters(bench, upstreamPort) {
  const folder = bench.folder();
  const list = [
    { name: 'floor', start: async () => startFloor(upstreamPort) },
    { name: 'hello', start: startHello },
    { name: 'sqlite', start: async () => sqlite.start() },
  ];
  const sqlite = new OurServer({ folder: join(folder, 'sqlite'), upstreamPort });
  const databaseUrl = bench.options.targets.includes('postgres') ? await bench.postgresUrl() : undefined;
  const postgres = databaseUrl && new OurServer({ folder: join(folder, 'postgres'), upstreamPort, databaseUrl });
  if (postgres) list.push({ name: 'postgres', start: async () => postgres.start() });
  if (nginxProgram !== undefined)
    list.push({ name: 'nginx', start: async () => startNginxProxy(PROXY_CORE, join(folder, 'nginx'), upstreamPort) });
  return list;
}
