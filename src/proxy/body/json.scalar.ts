type State = 'minus' | 'zero' | 'int' | 'dot' | 'frac' | 'exp' | 'sign' | 'digits';

const ZERO = 0x30;
const NINE = 0x39;
const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;
const isExponent = (byte: number): boolean => byte === 0x65 || byte === 0x45;

/** The state after a byte (RFC 8259 §6); undefined for a byte that is not part of the number. */
const NEXT: Record<State, (byte: number) => State | undefined> = {
  minus: (byte) => (byte === ZERO ? 'zero' : isDigit(byte) ? 'int' : undefined),
  zero: (byte) => (byte === 0x2e ? 'dot' : isExponent(byte) ? 'exp' : undefined),
  int: (byte) => (isDigit(byte) ? 'int' : NEXT.zero(byte)),
  dot: (byte) => (isDigit(byte) ? 'frac' : undefined),
  frac: (byte) => (isDigit(byte) ? 'frac' : isExponent(byte) ? 'exp' : undefined),
  exp: (byte) => (byte === 0x2b || byte === 0x2d ? 'sign' : NEXT.sign(byte)),
  sign: (byte) => (isDigit(byte) ? 'digits' : undefined),
  digits: (byte) => NEXT.sign(byte),
};

const COMPLETE = new Set<State | undefined>(['zero', 'int', 'frac', 'digits']);

/** Literals by their first byte. */
const LITERALS: Record<number, string | undefined> = { 0x74: 'true', 0x66: 'false', 0x6e: 'null' };

/** Checks the grammar of a JSON number or literal, one byte at a time. */
export class JsonScalar {
  private state: State | undefined;
  private literal: string | undefined;
  private at = 0;

  /** Whether a number or a literal begins with this byte. */
  begin(byte: number): boolean {
    this.literal = LITERALS[byte];
    this.at = 1;
    this.state = byte === 0x2d ? 'minus' : NEXT.minus(byte);
    return this.literal !== undefined || this.state !== undefined;
  }

  /** Whether this byte continues the number or literal. */
  accept(byte: number): boolean {
    if (this.literal !== undefined) return this.literal.charCodeAt(this.at++) === byte;
    const next = NEXT[this.state!](byte);
    if (next !== undefined) this.state = next;
    return next !== undefined;
  }

  /** Whether the number or literal may end here. */
  get isComplete(): boolean {
    return this.literal === undefined ? COMPLETE.has(this.state) : this.at > this.literal.length;
  }
}
