import { DatabaseSync } from 'node:sqlite';
import mysql from 'mysql2/promise';
import pg from 'pg';

const DAY_MS = 86_400_000;
const DIGITS = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS n`).join(' UNION ALL ')})`;

/** SQL that differs between databases, of a number `n`. */
const DIALECTS = {
  sqlite: { hex: `printf('%08x', n)`, text: 'CAST(n AS TEXT)', join: (...parts) => parts.join(' || '), div: '/' },
  postgres: {
    hex: `lpad(to_hex(n), 8, '0')`,
    text: 'CAST(n AS text)',
    join: (...parts) => parts.join(' || '),
    div: '/',
  },
  mysql: {
    hex: `lower(lpad(hex(n), 8, '0'))`,
    text: 'CAST(n AS char)',
    join: (...parts) => `concat(${parts.join(', ')})`,
    div: 'DIV',
  },
};

/** The numbers from 0 to below `count`, as rows of `n`, on every database. */
function numbers(count, driver) {
  const places = Array.from({ length: Math.ceil(Math.log10(count)) }, (_, place) => `d${place}`);
  const sum = places.map((name, place) => `${name}.n * ${10 ** place}`).join(' + ');
  return `(SELECT CAST(${sum} AS ${driver === 'mysql' ? 'signed' : 'bigint'}) AS n FROM ${places.map((name) => `${DIGITS} AS ${name}`).join(', ')}) AS numbers WHERE n < ${count}`;
}

/**
 * A tenth of the tokens is revoked, a tenth has expired, a tenth has a cap that is used up to different degrees; four fifths
 * have a name, one in a hundred an owner and a label.
 */
function statements(driver, tokens, projects) {
  const { hex, text, join, div } = DIALECTS[driver];
  const now = Date.now();
  const id = join(hex, `'-0000-4000-8000-000000000000'`);
  const jobName = `CASE WHEN n % 5 = 0 THEN NULL ELSE ${join(`'job '`, text)} END`;
  const project = `CASE n % ${projects.length} ${projects.map((one, i) => `WHEN ${i} THEN '${one}'`).join(' ')} END`;
  const columns = {
    id,
    project_id: project,
    name: jobName,
    name_lower: jobName,
    secret_hash: join(`'sha256:'`, text),
    secret_display: join(`'sk-wt-'`, hex),
    is_active: '(n % 10 <> 1)',
    expires_at: `CASE WHEN n % 10 = 2 THEN ${now} - n ELSE ${now} + (n % 365) * ${DAY_MS} + n END`,
    max_requests: 'CASE WHEN n % 10 = 3 THEN 1000 END',
    request_count: `CASE WHEN n % 10 = 3 THEN (n ${div} 10) % 1001 ELSE (n * 7919) % 100000 END`,
    last_used_at: `CASE WHEN n % 4 = 0 THEN NULL ELSE ${now} - (n % 100) * ${DAY_MS} - n END`,
    owner: `CASE WHEN n % 100 = 7 THEN 'ops' END`,
    // Not of one instant, as no tokens are.
    created_at: `${now} - ${400 * DAY_MS} - n * 1000`,
  };
  const label = (name, every, rest) =>
    `INSERT INTO labels (label, subject, subject_id) SELECT '${name}', 'token', ${id} FROM ${numbers(tokens, driver)} AND n % ${every} = ${rest}`;
  return [
    `INSERT INTO tokens (${Object.keys(columns).join(', ')}) SELECT ${Object.values(columns).join(', ')} FROM ${numbers(tokens, driver)}`,
    label('team=search', 100, 7),
    label('stage=rare', Math.ceil(tokens / 10), 8),
    ...(driver === 'mysql' ? ['ANALYZE TABLE tokens, labels'] : ['ANALYZE tokens', 'ANALYZE labels']),
  ];
}

/** Writes tokens into the database of a stopped server. Returns an id of one of them. */
export async function seedLists({ path, databaseUrl, tokens, projects }) {
  const middle = `${Math.floor(tokens / 2)
    .toString(16)
    .padStart(8, '0')}-0000-4000-8000-000000000000`;
  if (databaseUrl === undefined) {
    const database = new DatabaseSync(path);
    // The server analyses nothing by itself.
    for (const sql of statements('sqlite', tokens, projects).filter((one) => !one.startsWith('ANALYZE')))
      database.exec(sql);
    database.close();
  } else if (databaseUrl.startsWith('mysql')) {
    const connection = await mysql.createConnection(databaseUrl);
    for (const sql of statements('mysql', tokens, projects)) await connection.query(sql);
    await connection.end();
  } else {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    for (const sql of statements('postgres', tokens, projects)) await client.query(sql);
    await client.end();
  }
  return middle;
}
