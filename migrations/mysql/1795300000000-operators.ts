import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As the tables of the first migration. */
const TABLE = 'ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin';

const NEW_TABLES = [
  `CREATE TABLE IF NOT EXISTS operators (
    id varchar(36) NOT NULL,
    name varchar(120) NOT NULL,
    name_key varchar(120) NULL,
    role varchar(16) NOT NULL,
    projects text NULL,
    secret_hash varchar(96) NOT NULL,
    secret_display varchar(24) NOT NULL,
    is_active tinyint NOT NULL,
    expires_at bigint NULL,
    revision bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    created_by varchar(36) NULL,
    last_used_at bigint NULL,
    deactivated_at bigint NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_operators_name_key (name_key),
    UNIQUE INDEX uq_operators_secret_hash (secret_hash)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS labels (
    label varchar(130) NOT NULL,
    subject varchar(16) NOT NULL,
    subject_id varchar(36) NOT NULL,
    PRIMARY KEY (label, subject, subject_id),
    INDEX ix_labels_subject_id (subject_id)
  ) ${TABLE}`,
];

const TOKENS_UP = `ALTER TABLE tokens
  ADD COLUMN name_lower varchar(120) NULL,
  ADD COLUMN labels text NULL,
  ADD COLUMN owner varchar(120) NULL,
  ADD COLUMN note varchar(1000) NULL,
  ADD COLUMN replaces varchar(36) NULL,
  ADD COLUMN replaced_by varchar(36) NULL,
  ADD COLUMN account_id varchar(36) NULL,
  ADD COLUMN warn_at bigint NOT NULL DEFAULT 0,
  ADD COLUMN warn_count bigint NOT NULL DEFAULT 0,
  ADD INDEX ix_tokens_project_created (project_id, created_at),
  ADD INDEX ix_tokens_expires_at (expires_at),
  ADD INDEX ix_tokens_active_expires (is_active, expires_at),
  ADD INDEX ix_tokens_active_deactivated (is_active, deactivated_at),
  ADD INDEX ix_tokens_name_lower (name_lower),
  ADD INDEX ix_tokens_secret_display (secret_display),
  ADD INDEX ix_tokens_account_id (account_id),
  ADD INDEX ix_tokens_warn_at (warn_at)`;

/** Tokens that are revoked or ended more than a day ago have no warnings: the largest safe integer, as NO_MORE. */
const endedSql = (nowMs: number): string => `(is_active = FALSE OR expires_at < ${nowMs - 86_400_000})`;
const fillSql = (nowMs: number): string => `UPDATE tokens SET
  name_lower = lower(name),
  warn_at = CASE WHEN ${endedSql(nowMs)} THEN ${Number.MAX_SAFE_INTEGER} ELSE warn_at END,
  warn_count = CASE WHEN ${endedSql(nowMs)} THEN ${Number.MAX_SAFE_INTEGER} ELSE warn_count END
  WHERE name IS NOT NULL OR ${endedSql(nowMs)}`;

const PROJECTS_UP = `ALTER TABLE projects
  ADD COLUMN labels text NULL,
  ADD COLUMN owner varchar(120) NULL,
  ADD COLUMN note varchar(1000) NULL,
  ADD COLUMN token_defaults text NULL,
  ADD COLUMN token_maxima text NULL,
  ADD COLUMN rate_limit_per_minute int NULL,
  ADD COLUMN max_concurrent int NULL,
  ADD COLUMN max_requests_per_day bigint NULL,
  ADD COLUMN max_requests_per_month bigint NULL,
  ADD COLUMN count_day int NOT NULL DEFAULT 0,
  ADD COLUMN day_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN month_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN last_grant bigint NOT NULL DEFAULT 0`;

const PROJECTS_DOWN = `ALTER TABLE projects
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
  DROP COLUMN last_grant`;

const TOKENS_DOWN = `ALTER TABLE tokens
  DROP INDEX ix_tokens_project_created,
  DROP INDEX ix_tokens_expires_at,
  DROP INDEX ix_tokens_active_expires,
  DROP INDEX ix_tokens_active_deactivated,
  DROP INDEX ix_tokens_name_lower,
  DROP INDEX ix_tokens_secret_display,
  DROP INDEX ix_tokens_account_id,
  DROP INDEX ix_tokens_warn_at,
  DROP COLUMN name_lower,
  DROP COLUMN labels,
  DROP COLUMN owner,
  DROP COLUMN note,
  DROP COLUMN replaces,
  DROP COLUMN replaced_by,
  DROP COLUMN account_id,
  DROP COLUMN warn_at,
  DROP COLUMN warn_count`;

/**
 * Operators; labels, owners, notes and limits of projects; tokens that replace each other; lists by status and name. Every
 * step may run again: a run that was killed between two of them is repeated from the first.
 */
export class Operators1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of NEW_TABLES) await runner.query(statement);
    if (!(await runner.hasColumn('tokens', 'name_lower'))) await runner.query(TOKENS_UP);
    await runner.query(fillSql(Date.now()));
    if (!(await runner.hasColumn('projects', 'owner'))) await runner.query(PROJECTS_UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('projects', 'owner')) await runner.query(PROJECTS_DOWN);
    if (await runner.hasColumn('tokens', 'name_lower')) await runner.query(TOKENS_DOWN);
    for (const table of ['labels', 'operators']) await runner.query(`DROP TABLE IF EXISTS ${table}`);
  }
}
