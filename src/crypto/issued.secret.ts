import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
const SHOWN = 4;

/** Secrets that this program issues: a prefix, 32 random characters (190.5 bits), and the CRC-32 of all that in 6 characters of base 62. */
export class IssuedSecret {
  /** In characters. */
  readonly length: number;
  private readonly form: RegExp;

  constructor(private readonly prefix: string) {
    this.length = prefix.length + RANDOM_LENGTH + CHECKSUM_LENGTH;
    this.form = new RegExp(`^${prefix}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);
  }

  create(): string {
    let text = this.prefix;
    for (let i = 0; i < RANDOM_LENGTH; i += 1) text += ALPHABET[randomInt(ALPHABET.length)];
    return text + checksum(text);
  }

  /** True for a text that this program may have issued. Any other text is refused without a query. */
  matches(text: string): boolean {
    return (
      text.length === this.length &&
      this.form.test(text) &&
      checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH)
    );
  }

  /** The prefix and four characters at either end: enough to recognise a secret, too little to use it. */
  mask(secret: string): string {
    return `${secret.slice(0, this.prefix.length + SHOWN)}…${secret.slice(-SHOWN)}`;
  }
}

function checksum(text: string): string {
  let remainder = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    digits = ALPHABET[remainder % ALPHABET.length] + digits;
    remainder = Math.floor(remainder / ALPHABET.length);
  }
  return digits;
}
