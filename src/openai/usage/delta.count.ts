import { closingQuote, skipBlanks } from './json.members.js';

const QUOTE = 34;
const COLON = 58;
const LOWER_U = 117;

/** Counts the events of a stream that carry text, and the UTF-8 bytes of that text. */
export class DeltaCount {
  deltas = 0;
  textBytes = 0;

  /** `text` has one character a byte and no unfinished event. */
  count(text: string): void {
    const before = this.deltas;
    this.countMember(text, 'content"');
    if (this.deltas > before) return;
    this.countMember(text, 'text"');
    this.countMember(text, 'arguments"');
  }

  private countMember(text: string, name: string): void {
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at)) {
      at = skipBlanks(text, at + name.length);
      if (text.charCodeAt(at) !== COLON) continue;
      at = skipBlanks(text, at + 1);
      if (text.charCodeAt(at) !== QUOTE) continue;
      const end = closingQuote(text, at);
      if (end < 0) return;
      if (end === at + 1) continue;
      this.deltas += 1;
      this.textBytes += decodedBytes(text, at + 1, end);
      at = end;
    }
  }
}

/** The UTF-8 bytes of a JSON text with its escapes. */
function decodedBytes(text: string, from: number, to: number): number {
  let bytes = to - from;
  for (let at = text.indexOf('\\', from); at >= 0 && at < to; at = text.indexOf('\\', at)) {
    if (text.charCodeAt(at + 1) !== LOWER_U) {
      bytes -= 1;
      at += 2;
    } else {
      bytes -= 6 - unitBytes(Number.parseInt(text.slice(at + 2, at + 6), 16));
      at += 6;
    }
  }
  return bytes;
}

/** Bytes of a UTF-16 unit; each half of a pair counts two of the pair's four. */
function unitBytes(unit: number): number {
  if (unit < 0x80) return 1;
  if (unit < 0x800 || (unit >= 0xd800 && unit < 0xe000)) return 2;
  return 3;
}
