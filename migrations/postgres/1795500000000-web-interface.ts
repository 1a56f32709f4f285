import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE admin_sessions (
    id varchar(36) NOT NULL,
    secret_hash varchar(64) NOT NULL,
    mark varchar(64) NOT NULL,
    operator_id varchar(36),
    name varchar(60),
    remember boolean NOT NULL,
    created_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    client_ip varchar(45) NOT NULL,
    user_agent varchar(200),
    ended_at bigint,
    ended_by varchar(16),
    CONSTRAINT pk_admin_sessions PRIMARY KEY (id)
  )`,
  'CREATE UNIQUE INDEX uq_admin_sessions_secret_hash ON admin_sessions (secret_hash)',
  'CREATE INDEX ix_admin_sessions_operator_id ON admin_sessions (operator_id)',
  'CREATE INDEX ix_admin_sessions_expires_at ON admin_sessions (expires_at)',
];

/** The sessions of the web interface. */
export class WebInterface1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE admin_sessions');
  }
}
