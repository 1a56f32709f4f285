import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which ids a segment of events has. PostgreSQL writes no row for it. */
export class SegmentIds1795620000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE event_segments ADD COLUMN ids text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE event_segments DROP COLUMN ids');
  }
}
