// How long pages of a large audit log take on SQLite: `npm run bench:audit`. docs/performance.md has the figures.
import { loadavg } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { judge } from './goals.mjs';
import { run, shownMs, timed } from './pages.mjs';
import { row as goalRow } from './rows.mjs';
import { goalLines, grid } from './table.mjs';
import { OurServer } from './targets/ours.mjs';

const ROWS = Number(process.argv[2] ?? 1_000_000);
const REPEATS = Number(process.argv[3] ?? 30);
const START = Date.parse('2026-01-01T00:00:00Z');
/** One row in 20 s. */
const STEP_MS = 20_000;

const uuid = (kind, number) => `printf('%08x-${kind}-4000-8000-%012x', ${number}, ${number})`;
const idOf = (kind, number) =>
  `${number.toString(16).padStart(8, '0')}-${kind}-4000-8000-${number.toString(16).padStart(12, '0')}`;
const oneOf = (number, words) =>
  `CASE (${number}) % ${words.length} ${words.map((word, i) => `WHEN ${i} THEN '${word}'`).join(' ')} END`;

/** 200 projects, 100,000 tokens, 20 operators, 50 addresses; nine tenths are successes. */
const COLUMNS = {
  seq: 'n',
  id: uuid('0001', 'n'),
  at: `${START} + n * ${STEP_MS}`,
  action: oneOf('n / 3', ['token.create', 'token.create', 'token.update', 'token.revoke', 'project.update']),
  actor: `CASE WHEN n % 50 = 0 THEN 'system' WHEN n % 3 = 0 THEN 'operator' ELSE 'management_api' END`,
  actor_id: `CASE WHEN n % 3 = 0 THEN ${uuid('0002', 'n % 20')} END`,
  actor_name: `CASE WHEN n % 3 = 0 THEN 'operator ' || (n % 20) END`,
  origin: oneOf('n / 7', ['api', 'api', 'cli']),
  outcome: `CASE WHEN n % 10 > 0 THEN 'success' WHEN n % 20 = 0 THEN 'denied' ELSE 'failure' END`,
  reason: `CASE WHEN n % 10 = 0 THEN 'token_not_found' END`,
  project_id: uuid('0003', '(n * 7919) % 200'),
  token_id: uuid('0004', '(n * 104729) % 100000'),
  request_id: uuid('0005', 'n'),
  correlation_id: `CASE WHEN n % 10 = 3 THEN 'batch ' || (n / 1000) END`,
  client_ip: `'192.0.2.' || (n % 50)`,
  user_agent: `'bench'`,
  method: oneOf('n / 5', ['POST', 'POST', 'PATCH', 'DELETE']),
  path: `'/manage/tokens/' || ${uuid('0004', '(n * 104729) % 100000')}`,
  changes: `'{"max_requests":{"from":' || (n % 100) || ',"to":' || (n % 90) || '},"note":{"from":null,"to":"a note of usual length about the reason"}}'`,
  metadata: `CASE WHEN n % 100000 = 5 THEN '{"marker":"needle"}' ELSE '{"message":"text of a usual length, number ' || n || '"}' END`,
  prev_hash: `printf('%064x', n - 1)`,
  hash: `printf('%064x', n)`,
};

/** Writes the rows without indexes, which are built behind them. */
function seed(path) {
  const database = new DatabaseSync(path);
  const indexes = database
    .prepare(
      `SELECT name, sql FROM sqlite_master WHERE tbl_name = 'audit_events' AND type = 'index' AND sql IS NOT NULL`,
    )
    .all();
  database.exec('PRAGMA cache_size = -400000; PRAGMA synchronous = OFF; BEGIN; DELETE FROM audit_events');
  for (const { name } of indexes) database.exec(`DROP INDEX ${String(name)}`);
  database.exec(
    `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ROWS})
     INSERT INTO audit_events (${Object.keys(COLUMNS).join(', ')}) SELECT ${Object.values(COLUMNS).join(', ')} FROM numbers`,
  );
  for (const { sql } of indexes) database.exec(sql);
  const end = `audit_seq = ${ROWS}, audit_hash = printf('%064x', ${ROWS}), audit_at = ${START + ROWS * STEP_MS}`;
  database.exec(`UPDATE revisions SET ${end}; COMMIT`);
  const { size } = database
    .prepare('SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size')
    .get();
  database.close();
  return size;
}

const at = (row) => new Date(START + row * STEP_MS).toISOString();
const half = Math.floor(ROWS / 2);
const PAGES = [
  ['none', ''],
  ['none, the last page', `page=${Math.ceil(ROWS / 20)}`],
  ['a time range of half of the rows', `start_time=${at(half / 2)}&end_time=${at(half * 1.5)}`],
  ['action', 'action=token.create'],
  ['actor', 'actor=management_api'],
  ['actor_id', `actor_id=${idOf('0002', 3)}`],
  ['origin', 'origin=cli'],
  ['outcome: nine tenths', 'outcome=success'],
  ['outcome: nine tenths, page in the middle', `outcome=success&page=${Math.min(22_000, Math.ceil(ROWS / 45))}`],
  ['outcome: a twentieth', 'outcome=denied'],
  ['project_id', `project_id=${idOf('0003', 7)}`],
  ['token_id', `token_id=${idOf('0004', 77)}`],
  ['request_id', `request_id=${idOf('0005', 4711)}`],
  ['correlation_id', 'correlation_id=batch 7'],
  ['client_ip', 'client_ip=192.0.2.7'],
  ['method', 'method=POST'],
  ['path', `path=/manage/tokens/${idOf('0004', 77)}`],
  ['action, time range', `action=token.create&start_time=${at(half / 2)}&end_time=${at(half * 1.5)}`],
  ['action, outcome: frequent', 'action=token.create&outcome=success'],
  ['outcome, method, origin: frequent', 'outcome=success&method=POST&origin=api'],
  ['project_id, action', `project_id=${idOf('0003', 7)}&action=token.update`],
  ['client_ip, actor: none together', 'client_ip=192.0.2.0&outcome=failure'],
  ['search: every row', 'search=usual'],
  ['search: one in 100,000 rows', 'search=needle'],
  ['search: no row', 'search=nowhere'],
  ['search: an id', `search=${idOf('0004', 77)}`],
  ['search in a project', `project_id=${idOf('0003', 7)}&search=nowhere`],
];

/** A page that is refused has no figure. */
async function timedPage(server, query) {
  const { status, text, ...times } = await timed(server, `/manage/audit?${query}`, REPEATS);
  if (status !== 200) throw new Error(`${query}: ${status} ${text}`);
  const { total_count: total, total_is_minimum: isMinimum } = JSON.parse(text).pagination;
  return { ...times, rows: `${isMinimum ? '≥ ' : ''}${total}` };
}

const slowestRow = (ms) => goalRow('audit.page', 'slowest page of the audit log, p50, ms', { sqlite: [ms] }, 0);

async function measure(folder) {
  const server = await new OurServer({ folder, upstreamPort: 1 }).start();
  await server.project('bench');
  await server.stop();
  process.stderr.write(`writing ${ROWS} rows\n`);
  const bytes = seed(server.databasePath);
  await server.start();
  try {
    await timedPage(server, '');
    const rows = [];
    let slowest = 0;
    for (const [title, query] of PAGES) {
      const { first, p50, worst, rows: found } = await timedPage(server, query);
      slowest = Math.max(slowest, p50);
      rows.push([title, found, ...[first, p50, worst].map(shownMs)]);
    }
    const heading = ['filter', 'rows', 'first call', 'p50', 'worst'];
    process.stdout.write(
      `\nSQLite, ${ROWS} rows, ${Math.round(bytes / 2 ** 20)} MiB, load ${loadavg()[0].toFixed(1)}; ms\n`,
    );
    process.stdout.write(`${grid([heading, ...rows])}\n\n${goalLines(judge([slowestRow(slowest)]))}\n`);
  } finally {
    await server.stop();
  }
}

run('audit', measure);
