import { DataSource } from 'typeorm';
import { type AuditRow, rowFromColumns } from '../../src/audit/row/audit.row.js';
import type { TestApp } from './app.js';

/** All rows of the audit log in the database of an application, the oldest first. */
export async function auditRows({ running }: TestApp): Promise<AuditRow[]> {
  const source = running.app.get(DataSource, { strict: false });
  const rows: Record<string, unknown>[] = await source.query('SELECT * FROM audit_events ORDER BY seq');
  return rows.map(rowFromColumns);
}

/** The rows that `work` leaves. */
export async function rowsOf(app: TestApp, work: () => Promise<unknown>): Promise<AuditRow[]> {
  const before = (await auditRows(app)).length;
  await work();
  return (await auditRows(app)).slice(before);
}
