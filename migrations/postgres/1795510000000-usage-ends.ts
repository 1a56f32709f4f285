import type { MigrationInterface, QueryRunner } from 'typeorm';

const ENDS = ['client', 'upstream', 'upstream_timeout', 'proxy', 'store', 'limit', 'auth', 'drain', 'revoked', 'crash'];
const each = (change: (column: string) => string): string =>
  `ALTER TABLE usage_quarters ${ENDS.map((end) => change(`ended_${end}`)).join(', ')}`;

/** How requests ended, in the sums of usage. PostgreSQL writes no row for it. */
export class UsageEnds1795510000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(each((column) => `ADD COLUMN ${column} bigint NOT NULL DEFAULT 0`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(each((column) => `DROP COLUMN ${column}`));
  }
}
