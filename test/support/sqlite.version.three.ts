import { DatabaseSync } from 'node:sqlite';
import { downgradeToVersionFour } from './sqlite.version.four.js';

const words = (text: string): string[] => text.trim().split(/\s+/);

const TOKEN_INDEXES = words(
  'project_created expires_at active_expires active_deactivated name_lower secret_display account_id warn_at',
);
const NEW_COLUMNS = {
  tokens: words('name_lower labels owner note replaces replaced_by account_id warn_at warn_count'),
  projects: words(`labels owner note token_defaults token_maxima rate_limit_per_minute max_concurrent
    max_requests_per_day max_requests_per_month count_day day_count month_count last_grant`),
};

/** Makes a current file, of a server that has stopped, one of version 3 with the same data. */
export function downgradeToVersionThree(path: string): void {
  downgradeToVersionFour(path);
  const db = new DatabaseSync(path);
  for (const name of TOKEN_INDEXES) db.exec(`DROP INDEX ix_tokens_${name}`);
  for (const [table, columns] of Object.entries(NEW_COLUMNS))
    for (const column of columns) db.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  db.exec('DROP TABLE labels; DROP TABLE operators; PRAGMA user_version = 3');
  db.close();
}
