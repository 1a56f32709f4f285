import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `ALTER TABLE replicas CHANGE COLUMN usage_batch count_batch bigint NOT NULL DEFAULT 0,
  ADD COLUMN role varchar(16) NOT NULL DEFAULT 'server'`;

const DOWN = `ALTER TABLE replicas DROP COLUMN role,
  CHANGE COLUMN count_batch usage_batch bigint NOT NULL DEFAULT 0`;

/**
 * A replica has a role. Its batches are of request counts. One statement each way, which InnoDB applies whole or not at
 * all: a run that was killed between the statement and its record can be run again.
 */
export class ReplicaRole1795100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('replicas', 'role'))) await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('replicas', 'role')) await runner.query(DOWN);
  }
}
