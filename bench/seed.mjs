import { DatabaseSync } from 'node:sqlite';

/** SQL for the columns that must differ between rows, made from a number `n`. Other columns are copied from the first row. */
const UNIQUE = {
  tokens: {
    id: `printf('00000000-0000-4000-8000-%012d', n)`,
    secret_hash: `printf('sha256:%064x', n)`,
  },
  projects: {
    id: `printf('00000000-0000-4000-9000-%012d', n)`,
    name: `printf('seeded %d', n)`,
    name_key: `printf('seeded %d', n)`,
  },
};

/**
 * Fills a table in the SQLite file of a stopped server up to `count` rows by copying its first row. Creating a million rows
 * through the management API would take an hour.
 */
export function seed(path, table, count) {
  const database = new DatabaseSync(path);
  const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
  const names = columns.map((column) => String(column.name));
  const list = names.map((name) => `"${name}"`).join(', ');
  const values = names.map((name) => UNIQUE[table][name] ?? `"${name}"`).join(', ');
  const missing = count - Number(database.prepare(`SELECT count(*) AS there FROM ${table}`).get()?.there);
  database.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${missing})
    INSERT INTO ${table} (${list}) SELECT ${values} FROM numbers, (SELECT * FROM ${table} LIMIT 1) WHERE n <= ${missing}`);
  database.close();
}
