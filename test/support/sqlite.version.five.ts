import { DatabaseSync } from 'node:sqlite';

/** Makes a current file, of a server that has stopped, one of version 5 with the same data. */
export function downgradeToVersionFive(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(`DROP TABLE admin_sessions; DROP TABLE stream_questions; DROP TABLE stream_answers; DROP TABLE replica_settings;
    ALTER TABLE revisions DROP COLUMN asked; PRAGMA user_version = 5`);
  db.close();
}
