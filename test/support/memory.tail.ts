import { AuditTail, type TailRow, WINDOW } from '../../src/audit/file/audit.tail.js';
import type { Position } from '../../src/audit/file/file.position.js';

/** A chain in memory; `branch` distinguishes histories. */
export function chain(from: number, to: number, branch = 'a', before = `a${from - 1}`): TailRow[] {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const seq = from + i;
    const hash = `${branch}${seq}`;
    return { seq, hash, prevHash: i === 0 ? before : `${branch}${seq - 1}`, line: JSON.stringify({ seq, hash }) };
  });
}

/** The rows of a table in memory. */
export class MemoryTail extends AuditTail {
  rows: TailRow[] = [];

  constructor() {
    super(undefined as never);
  }

  override async from(seq = -Infinity): Promise<TailRow[]> {
    return this.rows.filter((row) => row.seq >= seq).slice(0, WINDOW + 1);
  }

  override async newest(): Promise<number> {
    return this.rows.at(-1)?.seq ?? 0;
  }

  override async oldest(): Promise<TailRow | undefined> {
    return this.rows[0];
  }

  override async newestOf(positions: readonly Position[]): Promise<Position | undefined> {
    return positions.findLast(({ seq, hash }) => this.rows.some((row) => row.seq === seq && row.hash === hash));
  }
}
