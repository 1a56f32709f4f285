import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As the tables of the first migration. */
const TABLE = 'ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin';

const TABLES = [
  `CREATE TABLE IF NOT EXISTS stream_questions (
    id varchar(36) NOT NULL,
    replica varchar(36) NOT NULL,
    kind varchar(8) NOT NULL,
    filter text NOT NULL,
    asked_at bigint NOT NULL,
    PRIMARY KEY (id),
    INDEX ix_stream_questions_asked_at (asked_at)
  ) ${TABLE}`,
  // 500 requests of one replica may need more than 64 KiB.
  `CREATE TABLE IF NOT EXISTS stream_answers (
    question_id varchar(36) NOT NULL,
    replica varchar(36) NOT NULL,
    body longtext NOT NULL,
    PRIMARY KEY (question_id, replica)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS replica_settings (
    replica_id varchar(36) NOT NULL,
    version varchar(32) NOT NULL,
    settings text NOT NULL,
    PRIMARY KEY (replica_id)
  ) ${TABLE}`,
];

/** What replicas ask each other, and how each of them is configured. Every step may run again. */
export class ReplicaQuestions1795610000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(table);
    if (!(await runner.hasColumn('revisions', 'asked')))
      await runner.query('ALTER TABLE revisions ADD COLUMN asked bigint NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('revisions', 'asked')) await runner.query('ALTER TABLE revisions DROP COLUMN asked');
    for (const table of ['replica_settings', 'stream_answers', 'stream_questions'])
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
  }
}
