import { Changes } from './changes.js';

/** How the peer closed: by a FIN, or by a reset or another error of the connection. */
export type Departure = 'fin' | 'reset';

/** The bytes of one socket that arrived and were not read yet, and how the peer closed. */
export class WireInbox {
  /** All bytes that ever arrived, framing included. */
  received = 0;
  departure: Departure | undefined;
  /** Pieces as they came; joined only when something is searched in them. */
  private pieces: Buffer[] = [];
  private readonly changes = new Changes();

  push(bytes: Buffer): void {
    this.received += bytes.length;
    this.pieces.push(bytes);
    this.changes.notify();
  }

  finish(departure: Departure): void {
    this.departure ??= departure;
    this.changes.notify();
  }

  /** What arrived and was not read. */
  get unread(): Buffer {
    if (this.pieces.length > 1) this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0] ?? Buffer.alloc(0);
  }

  /** The bytes up to and with `delimiter`; undefined when the peer closed before it. */
  async through(delimiter: string): Promise<Buffer | undefined> {
    let searched = 0;
    const found = await this.wait(() => {
      const { unread } = this;
      const at = unread.indexOf(delimiter, searched);
      searched = Math.max(0, unread.length - delimiter.length);
      return at < 0 ? undefined : at + delimiter.length;
    });
    return found === undefined ? undefined : this.take(found);
  }

  /** At least one byte and at most `max`, as soon as there is one; undefined when the peer has closed. */
  async some(max = Infinity): Promise<Buffer | undefined> {
    const ready = await this.wait(() => this.pieces[0]?.length);
    return ready === undefined ? undefined : this.take(Math.min(max, ready));
  }

  private async wait(look: () => number | undefined): Promise<number | undefined> {
    const gone = (): null | undefined => (this.departure === undefined ? undefined : null);
    return (await this.changes.until('bytes', () => look() ?? gone(), Infinity)) ?? undefined;
  }

  /** The first `length` bytes, all of which stand in the first piece. */
  private take(length: number): Buffer {
    const [first = Buffer.alloc(0), ...rest] = this.pieces;
    this.pieces = length < first.length ? [first.subarray(length), ...rest] : rest;
    return first.subarray(0, length);
  }
}
