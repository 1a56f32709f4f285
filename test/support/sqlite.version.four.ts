import { DatabaseSync } from 'node:sqlite';
import { downgradeToVersionFive } from './sqlite.version.five.js';

/** Makes a current file, of a server that has stopped, one of version 4 with the same data. */
export function downgradeToVersionFour(path: string): void {
  downgradeToVersionFive(path);
  const db = new DatabaseSync(path);
  for (const column of ['audit_seq', 'audit_hash', 'audit_at', 'audit_key_id'])
    db.exec(`ALTER TABLE revisions DROP COLUMN ${column}`);
  db.exec('DROP TABLE audit_events; PRAGMA user_version = 4');
  db.close();
}
