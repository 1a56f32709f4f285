import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AuditChain } from '../../audit/audit.chain.js';
import type { NotedHead, Progress, Start, Verdict } from '../../audit/chain/chain.fault.js';
import { ChainVerifier } from '../../audit/chain/chain.verifier.js';
import { FIRST_PREV_HASH } from '../../audit/row/audit.row.js';
import { Clock } from '../../common/values/clock.js';
import { AuditLog } from './audit.log.js';
import { AuditRows } from './audit.rows.js';
import type { Span } from './audit.sql.js';

const PART = 1000;
const EVERY_ROW = { driver: undefined, rest: { terms: [], search: undefined }, order: 'ASC' } as const;

/** Verifies the whole log, a bounded number of rows in memory. */
@Injectable()
export class AuditVerification {
  constructor(
    private readonly rows: AuditRows,
    private readonly log: AuditLog,
    private readonly chain: AuditChain,
    private readonly clock: Clock,
  ) {}

  /** Rejects with the reason of `signal`. */
  async verify(
    heads: readonly NotedHead[],
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const end = await this.log.end();
    const span = await this.rows.span({ from: undefined, to: undefined });
    const verifier = new ChainVerifier({ start: await this.startOf(span), heads, publicKeys: this.publicKeys });
    let checked = 0;
    for (let low = span?.low ?? 1; span && low <= span.high;) {
      const part = await this.rows.nextRows(EVERY_ROW, { ...span, low }, PART);
      for (const row of part.found) verifier.add(row);
      checked += part.found.length;
      onProgress({ checked, last_seq: part.reached ?? low });
      if (part.isLast) break;
      low = part.reached! + 1;
      await setImmediate();
      signal.throwIfAborted();
    }
    return verifier.end(end, this.clock.now());
  }

  private async startOf(span: Span | undefined): Promise<Start> {
    if (!span || span.low === 1) return { seq: 1, prevHash: FIRST_PREV_HASH };
    const first = await this.rows.one('seq', span.low);
    return { seq: span.low, prevHash: first?.prev_hash ?? FIRST_PREV_HASH };
  }

  private get publicKeys() {
    const { signingKey: key } = this.chain;
    return new Map(key ? [[key.id, key.publicKey]] : []);
  }
}

/** The head of a query: `hash` or `seq:hash`. */
export function notedHeads(text: string | undefined): NotedHead[] {
  if (text === undefined) return [];
  const [hash, seq] = text.split(':').toReversed() as [string, string?];
  return [{ hash, ...(seq !== undefined && { seq: Number(seq) }) }];
}
