import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Compares names and hashes byte by byte, like the other databases, but ignores trailing spaces. */
const TABLE = 'ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin';

const UP = [
  `CREATE TABLE IF NOT EXISTS projects (
    id varchar(36) NOT NULL,
    name varchar(120) NOT NULL,
    name_key varchar(120) NULL,
    api_key text NULL,
    api_key_display varchar(40) NOT NULL,
    base_url varchar(2000) NULL,
    provider varchar(64) NULL,
    is_active tinyint NOT NULL,
    revision bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deactivated_at bigint NULL,
    deleted_at bigint NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_projects_name_key (name_key)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS tokens (
    id varchar(36) NOT NULL,
    project_id varchar(36) NOT NULL,
    name varchar(120) NULL,
    secret_hash varchar(96) NOT NULL,
    secret_display varchar(24) NOT NULL,
    is_active tinyint NOT NULL,
    expires_at bigint NOT NULL,
    max_requests bigint NULL,
    request_count bigint NOT NULL DEFAULT 0,
    last_grant bigint NOT NULL DEFAULT 0,
    rate_limit_per_minute int NULL,
    max_concurrent int NULL,
    revision bigint NOT NULL DEFAULT 0,
    cache_hit_count bigint NOT NULL DEFAULT 0,
    allowed_models text NULL,
    allowed_endpoints text NULL,
    allowed_ips text NULL,
    created_at bigint NOT NULL,
    last_used_at bigint NULL,
    deactivated_at bigint NULL,
    PRIMARY KEY (id),
    INDEX ix_tokens_project_id (project_id),
    UNIQUE INDEX uq_tokens_secret_hash (secret_hash),
    INDEX ix_tokens_created_at (created_at),
    CONSTRAINT fk_tokens_project_id FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE RESTRICT ON UPDATE NO ACTION
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS revisions (
    id int NOT NULL,
    value bigint NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (id)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS changes (
    revision bigint NOT NULL,
    subject_id varchar(36) NOT NULL,
    subject varchar(16) NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (revision, subject_id)
  ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS replicas (
    id varchar(36) NOT NULL,
    name varchar(120) NOT NULL,
    started_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    revision bigint NOT NULL,
    usage_batch bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (id)
  ) ${TABLE}`,
];

/** These statements fail when tables of the same names belong to another program. */
const CHECKS = [
  'SELECT id, name_key, api_key_display, provider, revision, deleted_at FROM projects LIMIT 0',
  'SELECT id, project_id, secret_hash, last_grant, max_concurrent, revision, allowed_ips FROM tokens LIMIT 0',
  'SELECT id, value, changed_at FROM revisions LIMIT 0',
  'SELECT revision, subject_id, subject, changed_at FROM changes LIMIT 0',
  'SELECT id, name, started_at, seen_at, revision, usage_batch FROM replicas LIMIT 0',
];

const DOWN = ['replicas', 'changes', 'revisions', 'tokens', 'projects'].map((table) => `DROP TABLE IF EXISTS ${table}`);

/** MySQL commits each statement about tables by itself. Every statement can be repeated, so an interrupted run can be too. */
export class Initial1795000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...UP, ...CHECKS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
