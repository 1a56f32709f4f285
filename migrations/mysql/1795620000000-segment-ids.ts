import type { MigrationInterface, QueryRunner } from 'typeorm';

const COUNT = `SELECT count(*) AS found FROM information_schema.columns
  WHERE table_schema = database() AND table_name = 'event_segments' AND column_name = 'ids'`;

/** Which ids a segment of events has. Every step may run again. */
export class SegmentIds1795620000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await hasColumn(runner))) await runner.query('ALTER TABLE event_segments ADD COLUMN ids text');
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasColumn(runner)) await runner.query('ALTER TABLE event_segments DROP COLUMN ids');
  }
}

async function hasColumn(runner: QueryRunner): Promise<boolean> {
  const [row] = (await runner.query(COUNT)) as [{ found: number | string }];
  return Number(row.found) > 0;
}
