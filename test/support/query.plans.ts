import type { DataSource, QueryRunner } from 'typeorm';

/** The indexes that the database chooses for each SELECT on a table that `work` sends, in the order of sending. */
export async function indexesOf(
  database: DataSource,
  work: () => Promise<unknown>,
  table = 'tokens',
): Promise<string[][]> {
  const sent: [string, unknown[] | undefined][] = [];
  const create = database.driver.createQueryRunner.bind(database.driver);
  database.driver.createQueryRunner = (mode) => recording(create(mode), sent, new RegExp(`FROM ["\`]?${table}`));
  await work().finally(() => (database.driver.createQueryRunner = create));
  const indexes: string[][] = [];
  for (const [sql, parameters] of sent) indexes.push(await chosenFor(database, sql, parameters));
  return indexes;
}

function recording(runner: QueryRunner, sent: [string, unknown[] | undefined][], wanted: RegExp): QueryRunner {
  const query = runner.query.bind(runner);
  runner.query = async (sql: string, parameters?: unknown[], structured?: boolean) => {
    if (wanted.test(sql)) sent.push([sql, parameters]);
    return query(sql, parameters, structured as never) as never;
  };
  return runner;
}

async function chosenFor(database: DataSource, sql: string, parameters: unknown[] | undefined): Promise<string[]> {
  const explain = async <T>(verb: string): Promise<T[]> => database.query(`${verb} ${sql}`, parameters);
  switch (database.options.type) {
    case 'better-sqlite3':
      return (await explain<{ detail: string }>('EXPLAIN QUERY PLAN')).flatMap(sqliteIndexes);
    case 'postgres':
      return postgresIndexes(await explain('EXPLAIN (FORMAT JSON)'));
    default:
      return (await explain<MysqlStep>('EXPLAIN')).flatMap(mysqlIndexes);
  }
}

function sqliteIndexes({ detail }: { detail: string }): string[] {
  const name = /USING (?:COVERING )?INDEX (\S+)/.exec(detail)?.[1];
  return name === undefined ? [] : [name.replace(/^sqlite_autoindex_(\w+)_1$/, 'pk_$1')];
}

/** At any depth of the plan. */
function postgresIndexes(plan: unknown): string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  return Object.entries(plan).flatMap(([key, value]) =>
    key === 'Index Name' ? [String(value)] : postgresIndexes(value),
  );
}

interface MysqlStep {
  readonly table: string;
  /** Several when they are merged. */
  readonly key: string | null;
}

const mysqlIndexes = ({ table, key }: MysqlStep): string[] =>
  key?.split(',').map((name) => (name === 'PRIMARY' ? `pk_${table === 'token' ? 'tokens' : table}` : name)) ?? [];
