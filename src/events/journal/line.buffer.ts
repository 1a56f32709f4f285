const FIRST_BYTES = 64 * 1024;
const MAX_BYTES_OF_A_UNIT = 3;

/**
 * Lines as bytes, in memory that is used again. A line in a string would live until its batch is stored, in the many pieces
 * that it was built of, and the garbage collector would promote them all.
 */
export class LineBuffer {
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private length = 0;

  add(line: string): void {
    const needed = this.length + line.length * MAX_BYTES_OF_A_UNIT;
    if (needed > this.bytes.length) this.grow(needed);
    this.length += this.bytes.write(line, this.length, 'utf8');
  }

  /** The lines so far, in memory of their own, which may be moved to another thread. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.bytes.subarray(0, this.length));
    this.length = 0;
    if (this.bytes.length > FIRST_BYTES) this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    return taken;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/** The lines of a LineBuffer. */
export function linesOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): string[] {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8').split('\n');
}
