// How long lists of tokens take in a large database: `npm run bench:lists`. docs/performance.md has the figures.
import { join } from 'node:path';
import { seedLists } from './lists.seed.mjs';
import { run, shownMs, timed } from './pages.mjs';
import { grid } from './table.mjs';
import { OurServer } from './targets/ours.mjs';
import { startPostgres } from './targets/postgres.mjs';

const TOKENS = Number(process.argv[2] ?? 1_000_000);
const PROJECTS = 200;
const REPEATS = 7;
const DAY_MS = 86_400_000;
const at = (days) => new Date(Date.now() + days * DAY_MS).toISOString();

/** Each is the first page of 50, unless it says otherwise. */
const lists = ({ project, middle }) => [
  ['newest first', ''],
  ['oldest first', 'sort=created_at'],
  ['the last page', `page=${Math.ceil(TOKENS / 50)}`],
  ['by expiry', 'sort=expires_at'],
  ['by name', 'sort=name'],
  ['by name, downwards', 'sort=-name'],
  ['of one project', `projectId=${project}`],
  ['of one project, by requests', `projectId=${project}&sort=-request_count`],
  ['of one project, withering', `projectId=${project}&status=withering`],
  ['of one project, unused for 30 days', `projectId=${project}&unused_since=${at(-30)}`],
  ['neither revoked nor expired', 'activeOnly=true'],
  ['revoked', 'status=revoked'],
  ['expired', 'status=expired'],
  ['search: 10 names', 'search=job 12345'],
  ['search: 100,000 names', 'search=job 1'],
  ['search: an id', `search=${middle.slice(0, 8)}`],
  ['name', 'name=job 123456'],
  ['label: 10,000 tokens', 'label=team=search'],
  ['label: 10 tokens', 'label=stage=rare'],
  ['end within 7 days, by expiry', `activeOnly=true&expires_before=${at(7)}&sort=expires_at`],
  ['active', 'status=active'],
  ['withering', 'status=withering'],
  ['exhausted', 'status=exhausted'],
  ['project_inactive', 'status=project_inactive'],
  ['withering, within 7 days', `status=withering&expires_before=${at(7)}`],
  ['unused for 30 days', `unused_since=${at(-30)}`],
  ['owner', 'owner=ops'],
  ['by requests', 'sort=-request_count'],
  ['by last use', 'sort=last_used_at'],
  ['by requests left', 'sort=remaining_requests'],
];

/** Milliseconds of the first call, which counts, and the median of later ones; the status when the list is refused. */
async function timedList(server, query) {
  const page = query.includes('page=') ? '' : 'page=1&';
  const { status, first, p50 } = await timed(server, `/manage/tokens?${page}page_size=50&${query}`, REPEATS - 1);
  return status === 200 ? [first, p50].map(shownMs) : [String(status), ''];
}

async function measure(name, databaseUrl, folder) {
  const server = await new OurServer({ folder, upstreamPort: 1, databaseUrl }).start();
  const projects = [];
  for (let i = 0; i < PROJECTS; i += 1) projects.push(await server.project(`project ${i}`));
  await server.token(projects[0]);
  await server.stop();
  process.stderr.write(`${name}: writing ${TOKENS} tokens\n`);
  const middle = await seedLists({ path: server.databasePath, databaseUrl, tokens: TOKENS, projects });
  await server.start();
  try {
    for (const id of projects.slice(-2)) await server.patch(`/manage/projects/${id}`, { is_active: false });
    await timedList(server, '');
    const rows = [];
    for (const [title, query] of lists({ project: projects[0], middle }))
      rows.push([title, ...(await timedList(server, query))]);
    process.stdout.write(`\n${name}, ms\n${grid([['list', 'first call', 'later'], ...rows])}\n`);
  } finally {
    await server.stop();
  }
}

async function main(root) {
  const only = process.argv[3]?.split(',') ?? ['sqlite', 'postgres', 'mysql'];
  const postgres = only.includes('postgres') ? await startPostgres() : undefined;
  try {
    if (only.includes('sqlite')) await measure('SQLite', undefined, join(root, 'sqlite'));
    if (postgres) await measure('PostgreSQL', await postgres.url('lists'), join(root, 'postgres'));
    const { BENCH_MYSQL_URL: mysqlUrl } = process.env;
    if (only.includes('mysql') && mysqlUrl) await measure('MySQL or MariaDB', mysqlUrl, join(root, 'mysql'));
  } finally {
    await postgres?.stop();
  }
}

run('lists', main);
