import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE stream_questions (
    id varchar(36) NOT NULL,
    replica varchar(36) NOT NULL,
    kind varchar(8) NOT NULL,
    filter text NOT NULL,
    asked_at bigint NOT NULL,
    CONSTRAINT pk_stream_questions PRIMARY KEY (id)
  )`,
  'CREATE INDEX ix_stream_questions_asked_at ON stream_questions (asked_at)',
  `CREATE TABLE stream_answers (
    question_id varchar(36) NOT NULL,
    replica varchar(36) NOT NULL,
    body text NOT NULL,
    CONSTRAINT pk_stream_answers PRIMARY KEY (question_id, replica)
  )`,
  `CREATE TABLE replica_settings (
    replica_id varchar(36) NOT NULL,
    version varchar(32) NOT NULL,
    settings text NOT NULL,
    CONSTRAINT pk_replica_settings PRIMARY KEY (replica_id)
  )`,
  // No index has it: the counter is updated in place.
  'ALTER TABLE revisions ADD COLUMN asked bigint NOT NULL DEFAULT 0',
];

const DOWN = [
  'ALTER TABLE revisions DROP COLUMN asked',
  'DROP TABLE replica_settings',
  'DROP TABLE stream_answers',
  'DROP TABLE stream_questions',
];

/** What replicas ask each other, and how each of them is configured. */
export class ReplicaQuestions1795610000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
