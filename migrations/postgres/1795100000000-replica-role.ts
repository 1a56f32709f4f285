import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  'ALTER TABLE replicas RENAME COLUMN usage_batch TO count_batch',
  `ALTER TABLE replicas ADD COLUMN role varchar(16) NOT NULL DEFAULT 'server'`,
];

const DOWN = ['ALTER TABLE replicas DROP COLUMN role', 'ALTER TABLE replicas RENAME COLUMN count_batch TO usage_batch'];

/** A replica has a role. Its batches are of request counts. */
export class ReplicaRole1795100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
