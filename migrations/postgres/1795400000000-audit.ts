import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE audit_events (
    seq bigint NOT NULL,
    id varchar(36) NOT NULL,
    at bigint NOT NULL,
    action varchar(40) NOT NULL,
    actor varchar(16) NOT NULL,
    actor_id varchar(36),
    actor_name varchar(120),
    session_id varchar(36),
    origin varchar(16) NOT NULL,
    outcome varchar(8) NOT NULL,
    reason varchar(64),
    project_id varchar(36),
    token_id varchar(36),
    subject_id varchar(36),
    request_id varchar(64),
    correlation_id varchar(64),
    client_ip varchar(45),
    user_agent varchar(200),
    method varchar(10),
    path varchar(255),
    changes text,
    metadata text,
    prev_hash varchar(64) NOT NULL,
    hash varchar(64) NOT NULL,
    signature varchar(88),
    key_id varchar(16),
    CONSTRAINT pk_audit_events PRIMARY KEY (seq)
  )`,
  'CREATE UNIQUE INDEX uq_audit_events_id ON audit_events (id)',
  'CREATE INDEX ix_audit_events_at ON audit_events (at, seq)',
  'CREATE INDEX ix_audit_events_action ON audit_events (action, seq)',
  "CREATE INDEX ix_audit_events_actor ON audit_events (actor, seq) WHERE actor <> 'management_api'",
  'CREATE INDEX ix_audit_events_actor_id ON audit_events (actor_id, seq) WHERE actor_id IS NOT NULL',
  'CREATE INDEX ix_audit_events_client_ip ON audit_events (client_ip, seq)',
  'CREATE INDEX ix_audit_events_correlation_id ON audit_events (correlation_id, seq) WHERE correlation_id IS NOT NULL',
  "CREATE INDEX ix_audit_events_outcome ON audit_events (outcome, seq) WHERE outcome <> 'success'",
  'CREATE INDEX ix_audit_events_path ON audit_events (path, seq)',
  'CREATE INDEX ix_audit_events_project_id ON audit_events (project_id, seq) WHERE project_id IS NOT NULL',
  'CREATE INDEX ix_audit_events_request_id ON audit_events (request_id, seq)',
  'CREATE INDEX ix_audit_events_subject_id ON audit_events (subject_id, seq) WHERE subject_id IS NOT NULL',
  'CREATE INDEX ix_audit_events_token_id ON audit_events (token_id, seq) WHERE token_id IS NOT NULL',
  // No index has these columns: the counter is updated in place.
  `ALTER TABLE revisions
    ADD COLUMN audit_seq bigint NOT NULL DEFAULT 0,
    ADD COLUMN audit_hash varchar(64) NOT NULL DEFAULT '',
    ADD COLUMN audit_at bigint NOT NULL DEFAULT 0,
    ADD COLUMN audit_key_id varchar(16) NOT NULL DEFAULT ''`,
];

const DOWN = [
  'ALTER TABLE revisions DROP COLUMN audit_seq, DROP COLUMN audit_hash, DROP COLUMN audit_at, DROP COLUMN audit_key_id',
  'DROP TABLE audit_events',
];

/** The audit log, and its head beside the counter of changes. */
export class Audit1795400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
