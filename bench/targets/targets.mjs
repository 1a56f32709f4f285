import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endChild, freePort, startChild, waitUntilReady } from '../child.mjs';
import { UPSTREAM_KEY } from '../exchange.mjs';
import { nginxProgram, PROXY_CORE } from '../machine.mjs';
import { startNginxProxy } from '../nginx.mjs';
import { treeOf } from '../process.tree.mjs';
import { CAP, OurServer } from './ours.mjs';

const FLOOR = fileURLToPath(new URL('floor.mjs', import.meta.url));
const HELLO = fileURLToPath(new URL('hello.mjs', import.meta.url));

/** The targets in the order of the table. `direct` and `floor` are always included, because the others are compared with them. */
export const TARGETS = [
  'direct',
  'nginx',
  'floor',
  'hello',
  'sqlite',
  'sqlite capped',
  'events off',
  'sums only',
  'file sink',
  'postgres',
  'postgres capped',
];

/** Servers on SQLite with other settings for events: no events at all, no requests kept, a sink. */
const VARIANTS = {
  'events off': () => ({ OBSERVABILITY_ENABLED: 'false' }),
  'sums only': () => ({ EVENTS_KEEP: '0' }),
  'file sink': (folder) => ({ DISPATCHER_SERVICES: 'file', SINK_FILE_PATH: join(folder, 'events.jsonl') }),
};

/**
 * A target of requests: its port, the credential to use, and the processes of the server. Two targets may be one server
 * with two kinds of tokens.
 */
const target = (name, port, authorization, child) => ({
  name,
  port,
  authorization,
  pids: child ? treeOf(child.pid) : [],
});

export async function startFloor(upstreamPort) {
  const port = await freePort();
  const args = [FLOOR, String(port), `http://127.0.0.1:${upstreamPort}`, UPSTREAM_KEY];
  const child = startChild(PROXY_CORE, process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  await waitUntilReady(child, port, '/ready');
  return { child, port };
}

export async function startHello() {
  const port = await freePort();
  const child = startChild(PROXY_CORE, process.execPath, [HELLO, String(port)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await waitUntilReady(child, port, '/ready');
  return { child, port };
}

/** Starts the server with one database. Its targets use an uncapped and a capped token, as far as they are wanted. */
async function startOurs(database, { folder, upstreamPort, databaseUrl }, wanted) {
  const server = await new OurServer({ folder: join(folder, database), upstreamPort, databaseUrl }).start();
  const project = await server.project('bench');
  const kinds = [
    [database, undefined],
    [`${database} capped`, CAP],
  ].filter(([name]) => wanted.has(name));
  const list = [];
  for (const [name, cap] of kinds) list.push(target(name, server.port, await server.token(project, cap), server.child));
  return { list, child: server.child };
}

/** Starts a server on SQLite with other settings for events. */
async function startVariant(name, folder, upstreamPort) {
  const own = join(folder, name.replaceAll(/\W+/g, '-'));
  const server = await new OurServer({ folder: own, upstreamPort }).start(VARIANTS[name](own));
  const token = await server.token(await server.project('bench'));
  return { child: server.child, target: target(name, server.port, token, server.child) };
}

/** Starts the targets of a figure with one upstream. It skips names that this machine or this build does not support. */
export async function startTargets(bench, upstreamPort, names) {
  const wanted = new Set(names.filter((name) => bench.options.targets.includes(name)));
  const folder = bench.folder();
  const list = [target('direct', upstreamPort, UPSTREAM_KEY)];
  const children = [];
  const add = (child, ...targets) => {
    children.push(child);
    list.push(...targets);
  };
  if (wanted.has('nginx') && nginxProgram !== undefined) {
    const { child, port } = await startNginxProxy(PROXY_CORE, join(folder, 'nginx'), upstreamPort);
    add(child, target('nginx', port, 'sk-client', child));
  }
  const floor = await startFloor(upstreamPort);
  add(floor.child, target('floor', floor.port, 'sk-client', floor.child));
  for (const database of ['sqlite', 'postgres']) {
    if (!wanted.has(database) && !wanted.has(`${database} capped`)) continue;
    const databaseUrl = database === 'postgres' ? await bench.postgresUrl() : undefined;
    if (database === 'postgres' && databaseUrl === undefined) continue;
    const ours = await startOurs(database, { folder, upstreamPort, databaseUrl }, wanted);
    add(ours.child, ...ours.list);
  }
  for (const name of Object.keys(VARIANTS).filter((variant) => wanted.has(variant))) {
    const variant = await startVariant(name, folder, upstreamPort);
    add(variant.child, variant.target);
  }
  return { list, stop: async () => void (await Promise.all(children.map(endChild))) };
}
