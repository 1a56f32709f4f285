import type { EntityManager } from 'typeorm';
import { dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import { COLUMNS } from './audit.columns.js';
import { type AuditRow, columnsOf } from './audit.row.js';

/** One text for all rows: TypeORM's builder would write one for each. */
const INSERT = `INSERT INTO audit_events (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;

/** Writes a row within the transaction of `manager`. */
export async function insertRow(manager: EntityManager, row: AuditRow): Promise<void> {
  const columns = columnsOf(row);
  await manager.query(
    withPlaceholders(INSERT, dialectOf(manager.dataSource)),
    COLUMNS.map((name) => columns[name] ?? null),
  );
}
