import { jsonRequest } from './exchange.mjs';
import { slice } from './figures/json.mjs';
import { databaseLoad } from './growth.database.mjs';
import { treeOf } from './process.tree.mjs';
import { field, interleaved } from './rounds.mjs';
import { seed } from './seed.mjs';
import { median, paired } from './statistics.mjs';
import { grid } from './table.mjs';
import { CAP, OurServer } from './targets/ours.mjs';
import { startTargets } from './targets/targets.mjs';

const CONNECTIONS = [1, 16, 64, 256];
const SIZES = [
  { name: '10 tokens, 1 project', tokens: 10, projects: 1 },
  { name: '10,000 tokens', tokens: 10_000, projects: 1 },
  { name: '1,000,000 tokens', tokens: 1_000_000, projects: 1 },
  { name: '10,000 projects', tokens: 10, projects: 10_000 },
];
/** Requests use these tokens in turn, so that more than one row is in use. */
const TOKENS_IN_USE = 5;
/** The upper bound of the largest CPU cost divided by the first. */
const FLAT = 1.15;

/** Whether a request costs the same with many connections, tokens and projects. */
export async function growth(bench) {
  const upstream = await bench.jsonUpstream();
  try {
    bench.say('measuring: connections');
    const connections = await byConnections(bench, upstream.port);
    bench.say('measuring: tokens and projects');
    const sizes = await byDatabaseSize(bench, upstream.port);
    bench.say('measuring: transactions of the database');
    return report([...connections, ...sizes], await databaseLoad(bench, upstream.port));
  } finally {
    await upstream.stop();
  }
}

/** Relative to the floor, because few connections cost more per request on any server: each wakes the process alone. */
async function byConnections(bench, upstreamPort) {
  const targets = await startTargets(bench, upstreamPort, ['sqlite', 'sqlite capped']);
  const proxies = targets.list.filter(({ pids }) => pids.length > 0);
  const points = CONNECTIONS.flatMap((count) =>
    proxies.map((target) => ({ ...target, count, target, name: `${target.name} ${count}` })),
  );
  try {
    const micros = await measured(bench, points, (point, ms) =>
      slice(bench, point.target, [jsonRequest(point.authorization)], point.count, ms),
    );
    return ['sqlite', 'sqlite capped'].map((name) => ({
      name: `${name}, connections`,
      unit: '÷ floor',
      points: CONNECTIONS.map((count) => [
        String(count),
        median(paired(micros[`${name} ${count}`], micros[`floor ${count}`])),
      ]),
    }));
  } finally {
    await targets.stop();
  }
}

async function byDatabaseSize(bench, upstreamPort) {
  const servers = [];
  try {
    for (const size of SIZES) servers.push(await seeded(bench, upstreamPort, size));
    const points = servers.flatMap(({ points: both }) => both);
    const { connections } = bench.options.sizes.json;
    const micros = await measured(bench, points, (point, ms) => slice(bench, point, point.requests, connections, ms));
    return ['uncapped', 'capped'].map((kind) => ({
      name: `sqlite, ${kind}, size of the database`,
      unit: '÷ smallest database',
      points: SIZES.map(({ name }) => [
        name,
        median(paired(micros[`${kind} ${name}`], micros[`${kind} ${SIZES[0].name}`])),
      ]),
    }));
  } finally {
    for (const { server } of servers) await server.stop();
  }
}

/** CPU per request at each point, by its name, after the same warm-up as for the JSON figure. */
async function measured(bench, points, measure) {
  const { rounds, sliceMs, warmMs } = bench.options.sizes.json;
  for (const point of points) await measure(point, warmMs);
  return field(await interleaved(points, rounds, (point) => measure(point, sliceMs)), 'micros');
}

/** A server with a database of this size, and the requests to send it. */
async function seeded(bench, upstreamPort, { name, tokens, projects }) {
  const server = await new OurServer({ folder: bench.folder(), upstreamPort }).start();
  const project = await server.project('bench');
  const secrets = { uncapped: [], capped: [] };
  for (let i = 0; i < TOKENS_IN_USE; i += 1) {
    secrets.uncapped.push(await server.token(project));
    secrets.capped.push(await server.token(project, CAP));
  }
  await server.stop();
  seed(server.databasePath, 'projects', projects);
  seed(server.databasePath, 'tokens', tokens);
  await server.start();
  const points = Object.entries(secrets).map(([kind, list]) => ({
    name: `${kind} ${name}`,
    port: server.port,
    pids: treeOf(server.child.pid),
    requests: list.map(jsonRequest),
  }));
  return { server, points };
}

function report(lines, database) {
  const growths = lines.map(({ name, unit, points }) => {
    const values = points.map(([, value]) => value);
    const flatness = Math.max(...values) / values[0];
    return {
      title: `CPU per request ${unit}: ${name}`,
      points: Object.fromEntries(points),
      flatness,
      flat: flatness <= FLAT,
    };
  });
  const text = growths.map(({ title, points, flatness, flat }) => {
    const cells = Object.entries(points).map(([at, value]) => [`  ${at}`, value.toFixed(2)]);
    const verdict = `${flat ? 'PASS' : 'FAIL'}  largest ÷ first: ${flatness.toFixed(2)}, goal ≤ ${FLAT}`;
    return `${title}\n${grid(cells)}\n${verdict}`;
  });
  if (database.length > 0)
    text.push(`PostgreSQL transactions of one replica\n${grid(database.map(([at, value]) => [`  ${at}`, value]))}`);
  return { growth: growths, database: Object.fromEntries(database), text: text.join('\n\n') };
}
