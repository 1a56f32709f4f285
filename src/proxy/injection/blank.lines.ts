const LF = 0x0a;
const CR = 0x0d;

/** Finds where the events of an event stream end, in pieces split anywhere (WHATWG HTML §9.2.6: a line ends in LF, CRLF or CR). */
export class BlankLines {
  /** The last byte was a CR: an LF behind it belongs to it. */
  isAfterCr = false;
  private isAtLineStart = true;

  /** The index behind the first blank line that ends at `from` or later; -1 when none does. A line may have begun earlier. */
  next(piece: Uint8Array, from: number): number {
    for (let at = from; at < piece.length; at += 1) {
      if (!this.isAtLineStart) at = lineEnd(piece, at);
      const byte = piece[at];
      if (byte === undefined) return -1;
      const isSecond = byte === LF && this.isAfterCr;
      this.isAfterCr = byte === CR;
      if (isSecond) continue;
      const isLineEnd = byte === LF || byte === CR;
      const isBlank = isLineEnd && this.isAtLineStart;
      this.isAtLineStart = isLineEnd;
      if (isBlank) return this.behind(piece, at);
    }
    return -1;
  }

  /** The line ends of this piece are known: it begins at a line, and ends with a blank one in LF. */
  skip(): void {
    this.isAtLineStart = true;
    this.isAfterCr = false;
  }

  private behind(piece: Uint8Array, at: number): number {
    if (!this.isAfterCr || piece[at + 1] !== LF) return at + 1;
    this.isAfterCr = false;
    return at + 2;
  }
}

/** The index of the first line end from `from` on; the length when there is none. */
function lineEnd(piece: Uint8Array, from: number): number {
  let at = from;
  while (at < piece.length && piece[at] !== LF && piece[at] !== CR) at += 1;
  return at;
}
