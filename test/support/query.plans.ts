import type { DataSource, QueryRunner } from 'typeorm';

/** The plans of the SELECTs on `tokens` that `work` sends, with the names of their indexes, in the order of sending. */
export async function plansOf(database: DataSource, work: () => Promise<unknown>): Promise<string[]> {
  const sent: [string, unknown[] | undefined][] = [];
  const create = database.driver.createQueryRunner.bind(database.driver);
  database.driver.createQueryRunner = (mode) => recording(create(mode), sent);
  await work().finally(() => (database.driver.createQueryRunner = create));
  const plans: string[] = [];
  for (const [sql, parameters] of sent) plans.push(await planOf(database, sql, parameters));
  return plans;
}

function recording(runner: QueryRunner, sent: [string, unknown[] | undefined][]): QueryRunner {
  const query = runner.query.bind(runner);
  runner.query = async (sql: string, parameters?: unknown[], structured?: boolean) => {
    if (/FROM ["`]tokens/.test(sql)) sent.push([sql, parameters]);
    return query(sql, parameters, structured as never) as never;
  };
  return runner;
}

async function planOf(database: DataSource, sql: string, parameters: unknown[] | undefined): Promise<string> {
  const verb = database.options.type === 'better-sqlite3' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
  const rows = JSON.stringify(await database.query(`${verb} ${sql}`, parameters));
  return rows.replaceAll('sqlite_autoindex_tokens_1', 'pk_tokens').replaceAll('sqlite_autoindex_labels_1', 'pk_labels');
}
