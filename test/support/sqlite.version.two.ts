import { DatabaseSync } from 'node:sqlite';
import { downgradeToVersionThree } from './sqlite.version.three.js';

/** Makes a current file, of a server that has stopped, one of version 2 with the same data. */
export function downgradeToVersionTwo(path: string): void {
  downgradeToVersionThree(path);
  const db = new DatabaseSync(path);
  db.exec('ALTER TABLE replicas RENAME COLUMN count_batch TO usage_batch');
  db.exec('ALTER TABLE replicas DROP COLUMN role');
  db.exec('PRAGMA user_version = 2');
  db.close();
}
