import { MAX_GLOB_TEXT } from '../../common/values/glob.js';

/** An array, an object or an overlong text: a value nobody looks into. */
export const OPAQUE = Symbol('opaque');
export type FieldValue = string | number | boolean | null | typeof OPAQUE;

/** As it is spelled: `\u006d` is one character. */
const MAX_BYTES = 6 * MAX_GLOB_TEXT;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One JSON string (without its quotes), number or literal, while it passes. */
export class TokenBuffer {
  private readonly bytes = Buffer.allocUnsafe(MAX_BYTES);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  /** False when there is no room. */
  add(byte: number): boolean {
    if (this.length === MAX_BYTES) return false;
    this.bytes[this.length] = byte;
    this.length += 1;
    return true;
  }

  /** Undefined for bytes that are not UTF-8: a parser that drops the broken ones would read another text. */
  decoded(isText: boolean): string | number | boolean | null | undefined {
    try {
      const text = utf8.decode(this.bytes.subarray(0, this.length));
      return JSON.parse(isText ? `"${text}"` : text) as string | number | boolean | null;
    } catch {
      return undefined;
    }
  }
}
