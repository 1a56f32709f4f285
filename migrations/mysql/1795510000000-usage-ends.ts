import type { MigrationInterface, QueryRunner } from 'typeorm';

const ENDS = ['client', 'upstream', 'upstream_timeout', 'proxy', 'store', 'limit', 'auth', 'drain', 'revoked', 'crash'];
const columns = ENDS.map((end) => `ended_${end}`);
const COUNT = `SELECT count(*) AS found FROM information_schema.columns
  WHERE table_schema = database() AND table_name = 'usage_quarters' AND column_name = 'ended_crash'`;

/** How requests ended, in the sums of usage. Every step may run again. */
export class UsageEnds1795510000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (await hasColumns(runner)) return;
    const added = columns.map((column) => `ADD COLUMN ${column} bigint NOT NULL DEFAULT 0`);
    await runner.query(`ALTER TABLE usage_quarters ${added.join(', ')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (!(await hasColumns(runner))) return;
    await runner.query(`ALTER TABLE usage_quarters ${columns.map((column) => `DROP COLUMN ${column}`).join(', ')}`);
  }
}

/** One statement adds and drops all of them. */
async function hasColumns(runner: QueryRunner): Promise<boolean> {
  const [row] = (await runner.query(COUNT)) as [{ found: number | string }];
  return Number(row.found) > 0;
}
