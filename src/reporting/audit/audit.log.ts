import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChainVerification } from '../../audit/chain.verification.js';
import type { AuditHead } from '../../audit/row/audit.row.js';
import { COUNTER_ID } from '../../changes/revision.entity.js';
import { errors } from '../../common/errors/errors.js';
import { isUuid } from '../../common/rest/uuid.js';
import { type Actor, sees } from '../../common/values/actor.js';
import type { AuditEventView, AuditHeadView, AuditListView } from './audit.dto.js';
import { filterOf } from './audit.filter.js';
import { AuditPages } from './audit.pages.js';
import { type AuditQuery, pageOf } from './audit.query.js';
import { AuditRows } from './audit.rows.js';
import { shownTo } from './shown.row.js';

const HEAD = `SELECT audit_seq AS seq, audit_hash AS hash, audit_at AS at FROM revisions WHERE id = ${COUNTER_ID}`;
const NEWEST = 'SELECT seq, hash, at FROM audit_events ORDER BY seq DESC LIMIT 1';
const NUMBER = /^[1-9]\d{0,14}$/;

/** The audit log as an actor may read it. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly pages: AuditPages,
    private readonly rows: AuditRows,
    private readonly verification: ChainVerification,
    private readonly dataSource: DataSource,
  ) {}

  async list(actor: Actor, query: AuditQuery): Promise<AuditListView> {
    const { page, size } = pageOf(query);
    const { rows, total, nextBefore } = await this.pages.page(filterOf(actor, query), {
      page,
      size,
      before: query.before,
    });
    return {
      events: rows.map((row) => shownTo(actor, row)),
      pagination: {
        page,
        page_size: size,
        total_count: total.count,
        total_pages: Math.ceil(total.count / size),
        has_next: nextBefore !== undefined,
        has_prev: page > 1,
        ...(total.isMinimum && { total_is_minimum: true }),
        ...(nextBefore !== undefined && { next_before: nextBefore }),
      },
    };
  }

  /** Takes the id or the number of a row; one that the actor does not see is not found. Throws `audit_event_not_found`. */
  async get(actor: Actor, text: string): Promise<AuditEventView> {
    const row = await this.find(text);
    const { projects } = actor;
    if (!row || (projects && !(row.project_id !== undefined && sees(actor, row.project_id))))
      throw errors.auditEventNotFound();
    return shownTo(actor, row);
  }

  /**
   * The end of the log. Throws `audit_event_not_found` for a log without rows, and `audit_broken` for an end that is not
   * what was written.
   */
  async head(): Promise<AuditHeadView> {
    const head = await this.verification.head();
    if (!head) throw errors.auditEventNotFound();
    const { last } = this.verification;
    return last ? { ...head, last_verification: last } : head;
  }

  /** What the next row follows; undefined before the first one. */
  async end(): Promise<AuditHead | undefined> {
    return (await this.headOf(HEAD)) ?? this.headOf(NEWEST);
  }

  private async find(text: string) {
    if (isUuid(text)) return this.rows.one('id', text.toLowerCase());
    if (NUMBER.test(text)) return this.rows.one('seq', Number(text));
    throw errors.fieldInvalid('id', 'must be the id of a row, a UUID, or its number');
  }

  private async headOf(sql: string): Promise<AuditHead | undefined> {
    const [row]: { seq: number | string; hash: string; at: number | string }[] = await this.dataSource.query(sql);
    return row && Number(row.seq) > 0 ? { seq: Number(row.seq), hash: row.hash, at: Number(row.at) } : undefined;
  }
}
