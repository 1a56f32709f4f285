import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { COLUMNS } from '../../audit/row/audit.columns.js';
import { lineOf } from '../../audit/row/audit.line.js';
import type { AuditRow } from '../../audit/row/audit.row.js';
import { AuditTrail } from '../../changes/audit.trail.js';
import { errors } from '../../common/errors/errors.js';
import { csvLine } from '../../common/rest/csv.js';
import type { Actor } from '../../common/values/actor.js';
import { type AuditFilter, filterOf, namedFilters } from './audit.filter.js';
import { AuditLog } from './audit.log.js';
import { AuditPlans } from './audit.plans.js';
import type { AuditExportQuery, ExportFormat } from './audit.query.js';
import { AuditRows } from './audit.rows.js';

/** Rows that one statement looks through. */
const PART = 1000;
/** Rows in memory: one may have 120 KB. */
const AT_ONCE = 50;
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

  /** What a HEAD request is told: nothing is exported. */
  async describe(query: AuditExportQuery): Promise<Omit<AuditExport, 'stream'>> {
    return { format: query.format ?? 'jsonl', toSeq: (await this.log.end())?.seq ?? 0 };
  }

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
    for await (const row of this.wanted(filter, toSeq)) yield line(row);
  }

  /** Throws when rows are pruned before they were read: the export would have a hole. */
  private async *wanted(filter: AuditFilter, toSeq: number): AsyncGenerator<AuditRow> {
    const all = filter.isEmpty ? undefined : await this.rows.span(filter);
    if (!all) return;
    const span = { ...all, high: Math.min(all.high, toSeq) };
    const { look } = await this.plans.of(filter, span, 'ASC');
    for (let { low } = span; low <= span.high;) {
      const part = await this.rows.next(look, { ...span, low }, PART);
      for (let i = 0; i < part.found.length; i += AT_ONCE) {
        const numbers = part.found.slice(i, i + AT_ONCE);
        const rows = await this.rows.byNumbers(numbers, 'ASC');
        if (rows.length < numbers.length) throw new Error('rows of the export were pruned meanwhile');
        yield* rows;
      }
      if (((await this.rows.first()) ?? Infinity) > low) throw new Error('rows of the export were pruned meanwhile');
      if (part.isLast) return;
      low = part.reached! + 1;
      await setImmediate();
    }
  }
}

const jsonOf = (row: AuditRow): string => `${lineOf(row)}\n`;

function csvOf(row: AuditRow): string {
  const cells = CSV_COLUMNS.map((name) => {
    const value = row[name];
    return typeof value === 'object' ? JSON.stringify(value) : value;
  });
  return csvLine(cells);
}
