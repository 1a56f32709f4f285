// What the audit log costs a management write: `npm run bench:management`. docs/performance.md has the figures.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { judge } from './goals.mjs';
import { describeMachine, leaveProxyCore } from './machine.mjs';
import { cpuNanos, treeOf } from './process.tree.mjs';
import { field, interleaved } from './rounds.mjs';
import { row } from './rows.mjs';
import { median, paired, percentile } from './statistics.mjs';
import { goalLines, grid, machineLines } from './table.mjs';
import { OurServer } from './targets/ours.mjs';
import { startPostgres } from './targets/postgres.mjs';

const CLIENTS = [1, 8];
/** Calls of a kind in a round, by one client and by eight. */
const CALLS = 48;

/** The kinds of calls, in this order: each works on the tokens of the first. */
const KINDS = {
  create: (project) => ({ method: 'POST', path: '/manage/tokens', body: { project_id: project, name: 'job' } }),
  patch: (id, i) => ({
    method: 'PATCH',
    path: `/manage/tokens/${id}`,
    body: { note: `run ${i}`, max_requests: i + 1 },
  }),
  revoke: (id) => ({ method: 'DELETE', path: `/manage/tokens/${id}` }),
};

/** A server with or without the audit log. Neither waits less for the disk than in production. */
async function startTarget(name, folder, databaseUrl, more) {
  const server = await new OurServer({ folder, upstreamPort: 1, databaseUrl }).start(more);
  const project = await server.project('bench');
  const agent = new Agent({ connections: Math.max(...CLIENTS), pipelining: 1 });
  return { name, server, project, agent, pids: treeOf(server.child.pid) };
}

async function call({ server, agent }, { method, path, body }) {
  const answer = await request(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${server.managementToken}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    dispatcher: agent,
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} returned ${answer.statusCode}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

/** The answers to all calls, by so many clients, and how long each took. */
async function loop(target, calls, clients) {
  const [answers, times] = [[], []];
  let next = 0;
  const client = async () => {
    for (let i = next++; i < calls.length; i = next++) {
      const startedAt = performance.now();
      answers[i] = await call(target, calls[i]);
      times[i] = performance.now() - startedAt;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { answers, times };
}

/**
 * The times of each kind of call by each number of clients, and the CPU time of a call in microseconds. A median is of the
 * calls of one round, because a stall of the disk would rule the mean.
 */
async function round(target) {
  const sample = { times: {}, all: 0 };
  const cpu = cpuNanos(target.pids);
  for (const clients of CLIENTS) {
    let subjects = Array.from({ length: CALLS }, () => target.project);
    for (const [kind, make] of Object.entries(KINDS)) {
      const { answers, times } = await loop(target, subjects.map(make), clients);
      const name = `${kind} ${clients}`;
      sample.times[name] = times;
      sample[name] = median(times);
      sample.all += sample[name];
      if (kind === 'create') subjects = answers.map(({ id }) => id);
    }
  }
  sample.cpu = (cpuNanos(target.pids) - cpu) / 1000 / (CALLS * CLIENTS.length * Object.keys(KINDS).length);
  return sample;
}

const KINDS_BY_CLIENTS = Object.fromEntries(
  CLIENTS.flatMap((clients) =>
    Object.keys(KINDS).map((kind) => [
      `${kind} ${clients}`,
      `${kind}, ${clients === 1 ? '1 client' : `${clients} clients`}, ms`,
    ]),
  ),
);
const TITLES = { ...KINDS_BY_CLIENTS, all: 'all, ms', cpu: 'CPU of the server, µs' };

const spread = ({ median: middle, low, high }) => `${middle.toFixed(2)} ±${((high - low) / 2).toFixed(2)}`;

/** The ratio of the fastest tenth of all calls: what other processes did not disturb. */
function undisturbed(samples, name, on, off) {
  const fast = (target) =>
    percentile(
      samples.get(target).flatMap(({ times }) => times[name] ?? []),
      0.1,
    );
  return fast(on) / fast(off);
}

/** The lines of a database, and the ratio of all calls. */
function compare(samples, on, off) {
  const ratios = (name) => paired(field(samples, name)[on], field(samples, name)[off]);
  const { values } = row('', '', Object.fromEntries(Object.keys(TITLES).map((name) => [name, ratios(name)])));
  const lines = Object.entries(TITLES).map(([name, title]) => [
    title,
    ...[on, off].map((target) => median(field(samples, name)[target]).toFixed(2)),
    spread(values[name]),
    name in KINDS_BY_CLIENTS ? undisturbed(samples, name, on, off).toFixed(2) : '',
  ]);
  return { lines, ratios: ratios('all') };
}

async function measure(name, urls, root, rounds) {
  const variants = { on: {}, off: { AUDIT_ENABLED: 'false' } };
  const targets = [];
  for (const [variant, more] of Object.entries(variants))
    targets.push(await startTarget(variant, join(root, `${name}-${variant}`), urls?.[variant], more));
  try {
    for (const target of targets) for (let i = 0; i < 3; i += 1) await round(target);
    const { lines, ratios } = compare(await interleaved(targets, rounds, round), 'on', 'off');
    process.stdout.write(`\n${grid([[name, 'with the log', 'without', 'ratio', 'undisturbed'], ...lines])}\n`);
    return ratios;
  } finally {
    for (const { server, agent } of targets) {
      await agent.destroy();
      await server.stop();
    }
  }
}

async function main() {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '24' }, only: { type: 'string' } } });
  const only = values.only?.split(',') ?? ['sqlite', 'postgres'];
  const rounds = Number(values.rounds);
  leaveProxyCore();
  process.stdout.write(
    `${machineLines({
      ...describeMachine(),
      load: loadavg()
        .map((n) => n.toFixed(1))
        .join(' '),
    })}\n`,
  );
  const root = mkdtempSync(join(tmpdir(), 'llm-proxy-management-'));
  const postgres = only.includes('postgres') ? await startPostgres() : undefined;
  try {
    const ratios = {};
    if (only.includes('sqlite')) ratios.sqlite = await measure('sqlite', undefined, root, rounds);
    if (postgres) {
      const urls = { on: await postgres.url('audited'), off: await postgres.url('plain') };
      ratios.postgres = await measure('postgres', urls, root, rounds);
    }
    const write = row('manage.write', 'management write, audit log on ÷ off', ratios, 2);
    process.stdout.write(`\n${goalLines(judge([write]))}\nload at the end: ${loadavg()[0].toFixed(1)}\n`);
  } finally {
    await postgres?.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  },
);
