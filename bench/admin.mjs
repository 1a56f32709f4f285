// What pages of the web interface cost the server on SQLite: `npm run bench:admin`. docs/performance.md has the figures.
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedRequests } from './admin.seed.mjs';
import { seedLists } from './lists.seed.mjs';
import { run, shownMs } from './pages.mjs';
import { cpuNanos, memoryBytes, treeOf } from './process.tree.mjs';
import { median } from './statistics.mjs';
import { grid } from './table.mjs';
import { OurServer } from './targets/ours.mjs';

const TOKENS = Number(process.argv[2] ?? 100_000);
const REQUESTS = Number(process.argv[3] ?? 1_000_000);
const PROJECTS = 200;
const REPEATS = 9;
const MIB = 2 ** 20;
const MS = 1e6;

const routes = ({ project, middle }) => [
  ['projects, figures', '/manage/projects?include=figures&page=1&page_size=10&sort=-created_at'],
  ['projects, figures, 100 a page', '/manage/projects?include=figures&page=1&page_size=100'],
  ['tokens, newest first', '/manage/tokens?page=1&page_size=50'],
  ['tokens, the last page', `/manage/tokens?page=${Math.ceil(TOKENS / 50)}&page_size=50`],
  ['tokens, withering', '/manage/tokens?page=1&page_size=50&status=withering'],
  ['tokens, by requests left', '/manage/tokens?page=1&page_size=50&sort=remaining_requests'],
  ['tokens of a project', `/manage/tokens?page=1&page_size=50&projectId=${project}`],
  ['requests', '/manage/requests?page_size=50'],
  ['requests of a project', `/manage/requests?page_size=50&project_id=${project}`],
  ['requests that ended as limit', '/manage/requests?page_size=50&end=limit'],
  ['usage of a day, by project', '/manage/usage?interval=hour&group_by=project&from=' + dayAgo()],
  ['usage of a day, by end', '/manage/usage?interval=hour&group_by=end&metric=requests&from=' + dayAgo()],
  ['search: many names', '/manage/search?q=job%201'],
  ['search: a token', `/manage/search?q=${middle}`],
  ['search: nothing', '/manage/search?q=nothing%20has%20this'],
  ['search: the id of no request', '/manage/search?q=00000000-0000-4000-8000-00000000dead'],
];

const dayAgo = () => new Date(Date.now() - 86_400_000).toISOString();

/** CPU of the whole server, its events thread too, and how long the answer takes. */
async function cost({ server, pids }, path) {
  const cpu = cpuNanos(pids);
  const startedAt = performance.now();
  const response = await server.get(path);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return { ms: performance.now() - startedAt, cpu: (cpuNanos(pids) - cpu) / MS };
}

/** The first call, which counts, and the median of later ones. */
async function line(target, title, path, { repeats = REPEATS, waitMs = 0 } = {}) {
  const first = await cost(target, path);
  const later = [];
  for (let i = 0; i < repeats; i += 1) {
    await sleep(waitMs);
    later.push(await cost(target, path));
  }
  const middle = (name) => shownMs(median(later.map((one) => one[name])));
  return [title, shownMs(first.cpu), middle('cpu'), shownMs(first.ms), middle('ms')];
}

async function measure(root) {
  const server = await new OurServer({ folder: join(root, 'sqlite'), upstreamPort: 1 }).start();
  const projects = [];
  for (let i = 0; i < PROJECTS; i += 1) projects.push(await server.project(`project ${i}`));
  await server.stop();
  process.stderr.write(`writing ${TOKENS} tokens and ${REQUESTS} requests\n`);
  const middle = await seedLists({ path: server.databasePath, tokens: TOKENS, projects });
  const bytes = seedRequests({ path: server.databasePath, requests: REQUESTS });
  await server.start();
  const target = { server, pids: treeOf(server.child.pid) };
  try {
    // The events thread begins one second after the server.
    await sleep(3000);
    const before = memoryBytes(target.pids, 'VmRSS');
    const rows = [];
    for (const [title, path] of routes({ project: projects[0], middle })) rows.push(await line(target, title, path));
    rows.push(await line(target, 'overview, kept', '/manage/overview'));
    rows.push(await line(target, 'overview, counted again', '/manage/overview', { repeats: 3, waitMs: 31_000 }));
    const heading = ['page', 'CPU of the first call', 'of later ones', 'first call', 'later'];
    process.stdout.write(
      `\nSQLite, ${TOKENS} tokens, ${REQUESTS} requests in ${Math.round(bytes / MIB)} MiB, load ${loadavg()[0].toFixed(1)}; ms\n` +
        `${grid([heading, ...rows])}\n\nmemory: ${Math.round(before / MIB)} MiB before, at most ${Math.round(memoryBytes(target.pids, 'VmHWM') / MIB)} MiB\n`,
    );
  } finally {
    await server.stop();
  }
}

run('admin', measure);
