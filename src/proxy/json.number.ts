type State = 'minus' | 'zero' | 'int' | 'dot' | 'frac' | 'exp' | 'sign' | 'digits';

const ZERO = 0x30;
const NINE = 0x39;
const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;
const isExponent = (byte: number): boolean => byte === 0x65 || byte === 0x45;

/** RFC 8259 §6: which state a byte leads to; undefined when it is not part of the number. */
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

/** The grammar of a JSON number, a byte at a time. */
export class JsonNumber {
  private state: State | undefined;

  /** Whether a number may begin with this byte. */
  begin(byte: number): boolean {
    this.state = byte === 0x2d ? 'minus' : NEXT.minus(byte);
    return this.state !== undefined;
  }

  /** Whether this byte belongs to the number. */
  accept(byte: number): boolean {
    const next = NEXT[this.state!](byte);
    if (next !== undefined) this.state = next;
    return next !== undefined;
  }

  /** Whether the number may end here. */
  get complete(): boolean {
    return COMPLETE.has(this.state);
  }
}
