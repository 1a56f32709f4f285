import { MAX_GLOB_TEXT } from '../../common/values/glob.js';
import { strictUtf8 } from './field.value.js';

/** Room for MAX_GLOB_TEXT characters that are all escaped, such as `\u006d`. */
const MAX_BYTES = 6 * MAX_GLOB_TEXT;

/** The bytes of one JSON string (without its quotes), number or literal. */
export class TokenBuffer {
  private readonly bytes = Buffer.allocUnsafe(MAX_BYTES);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  /** False when the buffer is full. */
  add(byte: number): boolean {
    if (this.length === MAX_BYTES) return false;
    this.bytes[this.length] = byte;
    this.length += 1;
    return true;
  }

  /** The value of the token; undefined when it is not valid UTF-8. */
  decoded(isText: boolean): string | number | boolean | null | undefined {
    try {
      const text = strictUtf8.decode(this.bytes.subarray(0, this.length));
      return JSON.parse(isText ? `"${text}"` : text) as string | number | boolean | null;
    } catch {
      return undefined;
    }
  }
}
