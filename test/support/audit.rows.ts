import { DataSource } from 'typeorm';
import type { AuditRow } from '../../src/audit/row/audit.row.js';
import { storedRow } from '../../src/audit/row/stored.row.js';
import type { TestApp } from './app.js';

/** All rows of the audit log in a database, or in that of an application, the oldest first. */
export async function auditRows(of: TestApp | DataSource): Promise<AuditRow[]> {
  const source = of instanceof DataSource ? of : of.running.app.get(DataSource, { strict: false });
  const rows: Record<string, unknown>[] = await source.query('SELECT * FROM audit_events ORDER BY seq');
  return rows.map(storedRow);
}

/** The rows that `work` leaves. */
export async function rowsOf(app: TestApp, work: () => Promise<unknown>): Promise<AuditRow[]> {
  const before = (await auditRows(app)).length;
  await work();
  return (await auditRows(app)).slice(before);
}
