import { DatabaseSync } from 'node:sqlite';

/** The schema of version 1, as that program wrote it. */
const SCHEMA = `
CREATE TABLE "projects" ("id" varchar(36) NOT NULL, "name" varchar(120) NOT NULL, "name_key" varchar(120), "api_key" text,
  "api_key_display" varchar(40) NOT NULL, "base_url" varchar(2000), "provider" varchar(64), "is_active" boolean NOT NULL,
  "created_at" bigint NOT NULL, "updated_at" bigint NOT NULL, "deactivated_at" bigint, "deleted_at" bigint,
  CONSTRAINT "pk_projects" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "uq_projects_name_key" ON "projects" ("name_key");
CREATE TABLE "tokens" ("id" varchar(36) NOT NULL, "project_id" varchar(36) NOT NULL, "name" varchar(120),
  "secret_hash" varchar(96) NOT NULL, "secret_display" varchar(24) NOT NULL, "is_active" boolean NOT NULL,
  "expires_at" bigint NOT NULL, "max_requests" bigint, "request_count" bigint NOT NULL DEFAULT (0),
  "last_grant" bigint NOT NULL DEFAULT (0), "cache_hit_count" bigint NOT NULL DEFAULT (0), "allowed_models" text,
  "allowed_endpoints" text, "allowed_ips" text, "created_at" bigint NOT NULL, "last_used_at" bigint, "deactivated_at" bigint,
  CONSTRAINT "pk_tokens" PRIMARY KEY ("id"),
  CONSTRAINT "fk_tokens_project_id" FOREIGN KEY ("project_id") REFERENCES "projects" ("id") ON DELETE RESTRICT ON UPDATE NO ACTION);
CREATE INDEX "ix_tokens_project_id" ON "tokens" ("project_id");
CREATE UNIQUE INDEX "uq_tokens_secret_hash" ON "tokens" ("secret_hash");
CREATE INDEX "ix_tokens_created_at" ON "tokens" ("created_at");
PRAGMA user_version = 1;
`;

/** Makes a current file, of a server that has stopped, one of version 1 with the same data. */
export function downgradeToVersionOne(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA foreign_keys = OFF');
  const rows = {
    projects: db.prepare('SELECT * FROM projects').all(),
    tokens: db.prepare('SELECT * FROM tokens').all(),
  };
  const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).all();
  for (const { name } of tables) db.exec(`DROP TABLE "${String(name)}"`);
  db.exec(SCHEMA);
  for (const [table, entries] of Object.entries(rows)) {
    const columns = db
      .prepare(`PRAGMA table_info("${table}")`)
      .all()
      .map((column) => String(column['name']));
    const insert = db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    for (const entry of entries) insert.run(...columns.map((name) => entry[name]!));
  }
  db.close();
}
