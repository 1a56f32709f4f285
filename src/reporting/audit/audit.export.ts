import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { AuditRow } from '../../audit/row/audit.row.js';
import { AuditTrail } from '../../changes/audit.trail.js';
import { errors } from '../../common/errors/errors.js';
import { csvLine } from '../../common/rest/csv.js';
import type { Actor } from '../../common/values/actor.js';
import { COLUMNS } from '../../audit/row/audit.columns.js';
import { type AuditFilter, filterOf, namedFilters } from './audit.filter.js';
import { AuditLog } from './audit.log.js';
import { AuditPlans } from './audit.plans.js';
import type { AuditExportQuery, ExportFormat } from './audit.query.js';
import { AuditRows } from './audit.rows.js';

const PART = 1000;
/** As in the JSON of a row. */
const CSV_COLUMNS = ['seq', ...COLUMNS.filter((name) => name !== 'seq')] as const;
const HEAD = csvLine(CSV_COLUMNS);

export interface AuditExport {
  readonly stream: Readable;
  readonly format: ExportFormat;
  /** The number of the last row when the export began: later rows are not in it. */
  readonly toSeq: number;
}

/** Exports of the audit log as streams: the oldest row first, a bounded number of rows in memory. */
@Injectable()
export class AuditExports {
  private readonly running = new Set<string>();

  constructor(
    private readonly log: AuditLog,
    private readonly rows: AuditRows,
    private readonly plans: AuditPlans,
    private readonly trail: AuditTrail,
  ) {}

  /** Writes the row of the export first. The caller destroys the stream when its reader is gone. Throws `audit_busy`, `audit_unavailable`. */
  async begin(actor: Actor, query: AuditExportQuery): Promise<AuditExport> {
    const { format = 'jsonl' } = query;
    const filter = filterOf(actor, query);
    const who = actor.id ?? actor.kind;
    if (this.running.has(who)) throw errors.auditBusy();
    this.running.add(who);
    try {
      const toSeq = (await this.log.end())?.seq ?? 0;
      const metadata = { format, filters: namedFilters(query), to_seq: toSeq };
      await this.trail.write({ action: 'audit.export', actor, call: actor.call, outcome: 'success', metadata });
      const stream = Readable.from(this.lines(filter, toSeq, format));
      stream.once('close', () => this.running.delete(who));
      return { stream, format, toSeq };
    } catch (error) {
      this.running.delete(who);
      throw error;
    }
  }

  private async *lines(filter: AuditFilter, toSeq: number, format: ExportFormat): AsyncGenerator<string> {
    if (format === 'csv') yield HEAD;
    const line = format === 'csv' ? csvOf : jsonOf;
    for await (const rows of this.parts(filter, toSeq)) if (rows.length > 0) yield rows.map(line).join('');
  }

  private async *parts(filter: AuditFilter, toSeq: number): AsyncGenerator<readonly AuditRow[]> {
    const all = filter.isEmpty ? undefined : await this.rows.span(filter);
    if (!all) return;
    const span = { ...all, high: Math.min(all.high, toSeq) };
    const { look } = await this.plans.of(filter, span, 'ASC');
    for (let { low } = span; low <= span.high;) {
      const part = await this.rows.nextRows(look, { ...span, low }, PART);
      yield part.found;
      if (part.isLast) return;
      low = part.reached! + 1;
      await setImmediate();
    }
  }
}

const jsonOf = (row: AuditRow): string => `${JSON.stringify(row)}\n`;

function csvOf(row: AuditRow): string {
  const cells = CSV_COLUMNS.map((name) => {
    const value = row[name];
    return typeof value === 'object' ? JSON.stringify(value) : value;
  });
  return csvLine(cells);
}
