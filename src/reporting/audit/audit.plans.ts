import { Injectable } from '@nestjs/common';
import type { AuditFilter, Term } from './audit.filter.js';
import { AuditRows, type Look } from './audit.rows.js';
import { isDriver, type Order, type Span } from './audit.sql.js';

/** The rows of a term are counted to here. */
export const MAX_COUNTED = 10_000;

/** Which index leads to the rows of a filter. */
@Injectable()
export class AuditPlans {
  constructor(private readonly rows: AuditRows) {}

  /** `count`: the rows to look through, up to one more than MAX_COUNTED. */
  async of(filter: AuditFilter, span: Span, order: Order): Promise<{ look: Look; count: number }> {
    const { terms, search } = filter;
    const { driver, count } = await this.rarest(terms, span);
    return { look: { driver, rest: { terms: terms.filter((term) => term !== driver), search }, order }, count };
  }

  private async rarest(terms: readonly Term[], span: Span): Promise<{ driver: Term | undefined; count: number }> {
    let driver: Term | undefined;
    let count = Math.min(span.high - span.low + 1, MAX_COUNTED + 1);
    for (const term of terms.filter(isDriver)) {
      const ofTerm = await this.rows.count(term, span, MAX_COUNTED + 1);
      // Without a rarer one, the first: the terms stand in the order of how rare their values usually are.
      if (ofTerm < count || driver === undefined) [driver, count] = [term, ofTerm];
      if (count === 0) break;
    }
    return { driver, count };
  }
}
