import { DatabaseSync } from 'node:sqlite';

/** What must differ between two rows, made from a number; a copy of the first row otherwise. */
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
 * Fills a table of a stopped server's SQLite file up to `count` rows, by copying its first: a million by the management
 * API would take an hour. Knows no column but those that must differ.
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
