import { DatabaseSync } from 'node:sqlite';

/** Makes a current file, of a server that has stopped, one of version 5 with the same data. */
export function downgradeToVersionFive(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('DROP TABLE admin_sessions; PRAGMA user_version = 5');
  db.close();
}
