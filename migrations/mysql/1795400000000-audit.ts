import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As the tables of the first migration. */
const TABLE = 'ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin';

const EVENTS = `CREATE TABLE IF NOT EXISTS audit_events (
    seq bigint NOT NULL,
    id varchar(36) NOT NULL,
    at bigint NOT NULL,
    action varchar(40) NOT NULL,
    actor varchar(16) NOT NULL,
    actor_id varchar(36) NULL,
    actor_name varchar(120) NULL,
    session_id varchar(36) NULL,
    origin varchar(16) NOT NULL,
    outcome varchar(8) NOT NULL,
    reason varchar(64) NULL,
    project_id varchar(36) NULL,
    token_id varchar(36) NULL,
    subject_id varchar(36) NULL,
    request_id varchar(64) NULL,
    correlation_id varchar(64) NULL,
    client_ip varchar(45) NULL,
    user_agent varchar(200) NULL,
    method varchar(10) NULL,
    path varchar(255) NULL,
    changes text NULL,
    metadata text NULL,
    prev_hash varchar(64) NOT NULL,
    hash varchar(64) NOT NULL,
    signature varchar(88) NULL,
    key_id varchar(16) NULL,
    PRIMARY KEY (seq),
    UNIQUE INDEX uq_audit_events_id (id),
    INDEX ix_audit_events_at (at, seq),
    INDEX ix_audit_events_action (action, seq),
    INDEX ix_audit_events_actor (actor, seq),
    INDEX ix_audit_events_actor_id (actor_id, seq),
    INDEX ix_audit_events_client_ip (client_ip, seq),
    INDEX ix_audit_events_correlation_id (correlation_id, seq),
    INDEX ix_audit_events_outcome (outcome, seq),
    INDEX ix_audit_events_path (path, seq),
    INDEX ix_audit_events_project_id (project_id, seq),
    INDEX ix_audit_events_request_id (request_id, seq),
    INDEX ix_audit_events_subject_id (subject_id, seq),
    INDEX ix_audit_events_token_id (token_id, seq)
  ) ${TABLE}`;

const HEAD_UP = `ALTER TABLE revisions
  ADD COLUMN audit_seq bigint NOT NULL DEFAULT 0,
  ADD COLUMN audit_hash varchar(64) NOT NULL DEFAULT '',
  ADD COLUMN audit_at bigint NOT NULL DEFAULT 0,
  ADD COLUMN audit_key_id varchar(16) NOT NULL DEFAULT ''`;

const HEAD_DOWN =
  'ALTER TABLE revisions DROP COLUMN audit_seq, DROP COLUMN audit_hash, DROP COLUMN audit_at, DROP COLUMN audit_key_id';

/** The audit log, and its head beside the counter of changes. Every step may run again. */
export class Audit1795400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(EVENTS);
    if (!(await runner.hasColumn('revisions', 'audit_seq'))) await runner.query(HEAD_UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('revisions', 'audit_seq')) await runner.query(HEAD_DOWN);
    await runner.query('DROP TABLE IF EXISTS audit_events');
  }
}
