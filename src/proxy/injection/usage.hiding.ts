import { BlankLines } from './blank.lines.js';
import { withoutUsage } from './event.without.usage.js';

/** A longer event passes as it is. */
export const MAX_EVENT_BYTES = 1024 * 1024;
const LF = 0x0a;
const NONE = Buffer.alloc(0);

/**
 * Takes out of an event stream what it has only because the proxy asked for its usage. Whole events pass at once. The
 * beginning of an event waits for its end, before which no client uses it.
 */
export class UsageHiding {
  private readonly blankLines = new BlankLines();
  /** The beginning of an event. */
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** The current event is too long. */
  private isPassing = false;
  /** The last event was taken out, and ended in a CR at the end of a piece. */
  private hidesLf = false;

  /** The bytes for the client; empty when there are none yet. */
  push(piece: Buffer): Buffer {
    if (this.isPlain(piece)) {
      this.blankLines.skip();
      return piece;
    }
    const out: Buffer[] = [];
    let from = this.lfOfLastEvent(piece, out);
    for (let end = this.blankLines.next(piece, from); end >= 0; end = this.blankLines.next(piece, end)) {
      out.push(this.endEvent(piece.subarray(from, end)));
      from = end;
    }
    if (from < piece.length) out.push(this.beginEvent(piece.subarray(from)));
    return out.length === 1 ? out[0]! : Buffer.concat(out);
  }

  /** The rest, when the stream has ended by itself: an event may lack its blank line. */
  end(): Buffer {
    return this.endEvent(NONE);
  }

  /** The common case of other events than chunks: whole, and nothing to take out. */
  private isPlain(piece: Buffer): boolean {
    const { length } = piece;
    const isWhole = this.heldBytes === 0 && !this.isPassing && piece[length - 1] === LF && piece[length - 2] === LF;
    return isWhole && !this.blankLines.isAfterCr && !piece.includes('usage"', 0, 'latin1');
  }

  /** An LF that belongs to the CR before it, which has ended the event already. */
  private lfOfLastEvent(piece: Buffer, out: Buffer[]): number {
    const isHeld = this.heldBytes > 0 || this.isPassing;
    if (isHeld || !this.blankLines.isAfterCr || piece[0] !== LF) return 0;
    this.blankLines.skip();
    if (!this.hidesLf) out.push(piece.subarray(0, 1));
    return 1;
  }

  private endEvent(last: Buffer): Buffer {
    const isWhole = !this.isPassing;
    const event = this.heldBytes === 0 ? last : Buffer.concat([...this.held, last]);
    this.held = [];
    this.heldBytes = 0;
    this.isPassing = false;
    const shown = isWhole ? withoutUsage(event) : event;
    this.hidesLf = shown.length === 0;
    return shown;
  }

  private beginEvent(first: Buffer): Buffer {
    if (this.isPassing) return first;
    this.held.push(first);
    this.heldBytes += first.length;
    if (this.heldBytes <= MAX_EVENT_BYTES) return NONE;
    const passed = Buffer.concat(this.held);
    this.held = [];
    this.heldBytes = 0;
    this.isPassing = true;
    return passed;
  }
}
