import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As the tables of the first migration. */
const TABLE = 'ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin';

const SESSIONS = `CREATE TABLE IF NOT EXISTS admin_sessions (
    id varchar(36) NOT NULL,
    secret_hash varchar(64) NOT NULL,
    mark varchar(64) NOT NULL,
    operator_id varchar(36) NULL,
    name varchar(60) NULL,
    remember boolean NOT NULL,
    created_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    client_ip varchar(45) NOT NULL,
    user_agent varchar(200) NULL,
    ended_at bigint NULL,
    ended_by varchar(16) NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_admin_sessions_secret_hash (secret_hash),
    INDEX ix_admin_sessions_operator_id (operator_id),
    INDEX ix_admin_sessions_expires_at (expires_at)
  ) ${TABLE}`;

/** The sessions of the web interface. Every step may run again. */
export class WebInterface1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SESSIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS admin_sessions');
  }
}
