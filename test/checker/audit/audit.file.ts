import { existsSync, readFileSync } from 'node:fs';
import type { AuditRow } from '../../../src/audit/row/audit.row.js';

/** The rows of AUDIT_LOG_FILE, which is never rotated in a trial. A torn last line is still being written. */
export function readFile(path: string): AuditRow[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AuditRow);
}

/** The file has each row once and in order, with the hash that the table has. */
export function faultsOfFile(file: readonly AuditRow[], rows: readonly AuditRow[]): string[] {
  const at = rows.findIndex(({ seq, hash }, i) => file[i]?.seq !== seq || file[i]?.hash !== hash);
  const faults = at === -1 ? [] : [`line ${at + 1} of the file is row ${file[at]?.seq}, not ${rows[at]!.seq}`];
  return file.length === rows.length ? faults : [...faults, `the file has ${file.length} of ${rows.length} rows`];
}
