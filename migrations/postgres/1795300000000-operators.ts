import type { MigrationInterface, QueryRunner } from 'typeorm';

const NEW_COLUMNS = [
  `CREATE TABLE operators (
    id varchar(36) NOT NULL,
    name varchar(120) NOT NULL,
    name_key varchar(120),
    role varchar(16) NOT NULL,
    projects text,
    secret_hash varchar(96) NOT NULL,
    secret_display varchar(24) NOT NULL,
    is_active boolean NOT NULL,
    expires_at bigint,
    revision bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    created_by varchar(36),
    last_used_at bigint,
    deactivated_at bigint,
    CONSTRAINT pk_operators PRIMARY KEY (id)
  )`,
  'CREATE UNIQUE INDEX uq_operators_name_key ON operators (name_key)',
  'CREATE UNIQUE INDEX uq_operators_secret_hash ON operators (secret_hash)',
  `CREATE TABLE labels (
    label varchar(130) COLLATE "C" NOT NULL,
    subject varchar(16) NOT NULL,
    subject_id varchar(36) NOT NULL,
    CONSTRAINT pk_labels PRIMARY KEY (label, subject, subject_id)
  )`,
  'CREATE INDEX ix_labels_subject_id ON labels (subject_id)',
  `ALTER TABLE tokens
    ADD COLUMN name_lower varchar(120) COLLATE "C",
    ADD COLUMN labels text,
    ADD COLUMN owner varchar(120),
    ADD COLUMN note varchar(1000),
    ADD COLUMN replaces varchar(36),
    ADD COLUMN replaced_by varchar(36),
    ADD COLUMN account_id varchar(36),
    ADD COLUMN warn_at bigint NOT NULL DEFAULT 0,
    ADD COLUMN warn_count bigint NOT NULL DEFAULT 0`,
];

const INDEXES_AND_PROJECTS = [
  'CREATE INDEX ix_tokens_project_created ON tokens (project_id, created_at)',
  'CREATE INDEX ix_tokens_expires_at ON tokens (expires_at)',
  'CREATE INDEX ix_tokens_active_expires ON tokens (is_active, expires_at)',
  'CREATE INDEX ix_tokens_active_deactivated ON tokens (is_active, deactivated_at)',
  'CREATE INDEX ix_tokens_name_lower ON tokens (name_lower)',
  'CREATE INDEX ix_tokens_secret_display ON tokens (secret_display)',
  'CREATE INDEX ix_tokens_account_id ON tokens (account_id)',
  'CREATE INDEX ix_tokens_warn_at ON tokens (warn_at)',
  `ALTER TABLE projects
    ADD COLUMN labels text,
    ADD COLUMN owner varchar(120),
    ADD COLUMN note varchar(1000),
    ADD COLUMN token_defaults text,
    ADD COLUMN token_maxima text,
    ADD COLUMN rate_limit_per_minute integer,
    ADD COLUMN max_concurrent integer,
    ADD COLUMN max_requests_per_day bigint,
    ADD COLUMN max_requests_per_month bigint,
    ADD COLUMN count_day integer NOT NULL DEFAULT 0,
    ADD COLUMN day_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN month_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN last_grant bigint NOT NULL DEFAULT 0`,
  // Their counts are updated in place.
  'ALTER TABLE projects SET (fillfactor = 70)',
];

/** Tokens that are revoked or ended more than a day ago have no warnings: the largest safe integer, as NO_MORE. */
const endedSql = (nowMs: number): string => `(is_active = FALSE OR expires_at < ${nowMs - 86_400_000})`;
const fillSql = (nowMs: number): string => `UPDATE tokens SET
  name_lower = lower(name),
  warn_at = CASE WHEN ${endedSql(nowMs)} THEN ${Number.MAX_SAFE_INTEGER} ELSE warn_at END,
  warn_count = CASE WHEN ${endedSql(nowMs)} THEN ${Number.MAX_SAFE_INTEGER} ELSE warn_count END
  WHERE name IS NOT NULL OR ${endedSql(nowMs)}`;

const DOWN = [
  'ALTER TABLE projects RESET (fillfactor)',
  `ALTER TABLE projects
    DROP COLUMN labels,
    DROP COLUMN owner,
    DROP COLUMN note,
    DROP COLUMN token_defaults,
    DROP COLUMN token_maxima,
    DROP COLUMN rate_limit_per_minute,
    DROP COLUMN max_concurrent,
    DROP COLUMN max_requests_per_day,
    DROP COLUMN max_requests_per_month,
    DROP COLUMN count_day,
    DROP COLUMN day_count,
    DROP COLUMN month_count,
    DROP COLUMN last_grant`,
  'DROP INDEX ix_tokens_project_created',
  'DROP INDEX ix_tokens_expires_at',
  'DROP INDEX ix_tokens_active_expires',
  'DROP INDEX ix_tokens_active_deactivated',
  'DROP INDEX ix_tokens_name_lower',
  'DROP INDEX ix_tokens_secret_display',
  'DROP INDEX ix_tokens_account_id',
  'DROP INDEX ix_tokens_warn_at',
  `ALTER TABLE tokens
    DROP COLUMN name_lower,
    DROP COLUMN labels,
    DROP COLUMN owner,
    DROP COLUMN note,
    DROP COLUMN replaces,
    DROP COLUMN replaced_by,
    DROP COLUMN account_id,
    DROP COLUMN warn_at,
    DROP COLUMN warn_count`,
  'DROP TABLE labels',
  'DROP TABLE operators',
];

/** Operators; labels, owners, notes and limits of projects; tokens that replace each other; lists by status and name. */
export class Operators1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...NEW_COLUMNS, fillSql(Date.now()), ...INDEXES_AND_PROJECTS])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
