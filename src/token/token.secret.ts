import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const PREFIX = 'sk-wt-';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);
const IMPORTED_PREFIX = 'sk-';
const IMPORTED_FORM = /^sk-[A-Za-z0-9_-]{22}$/;
export const SECRET_LENGTH = PREFIX.length + RANDOM_LENGTH + CHECKSUM_LENGTH;

/** `sk-wt-`, 32 random characters (190.5 bits), and the CRC-32 of all that in 6 characters of base 62. */
export function newSecret(): string {
  let text = PREFIX;
  for (let i = 0; i < RANDOM_LENGTH; i += 1) text += ALPHABET[randomInt(ALPHABET.length)];
  return text + checksum(text);
}

/** True for a text that this program may have issued. Any other text is refused without a query. */
export const isSecret = (text: string): boolean =>
  text.length === SECRET_LENGTH &&
  FORM.test(text) &&
  checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);

/** `sk-` and the 22 characters of a UUIDv7 (RFC 9562 §5.7) in base64url: the secret of a token that the Go system issued. */
export function isImportedSecret(text: string): boolean {
  if (!IMPORTED_FORM.test(text)) return false;
  const bytes = Buffer.from(text.slice(IMPORTED_PREFIX.length), 'base64url');
  const isVersion7 = bytes[6]! >> 4 === 7 && bytes[8]! >> 6 === 0b10;
  return isVersion7 && bytes.toString('base64url') === text.slice(IMPORTED_PREFIX.length);
}

/** `sk-wt-AbCd…wXyZ`: enough to recognise a token, too little to use it. */
export const maskSecret = (secret: string): string => `${secret.slice(0, PREFIX.length + 4)}…${secret.slice(-4)}`;

/** `sk-AbCd…wXyZ`, or `sk-…` and the beginning of the id when only the hash is known. Never equal to a display form of `maskSecret`. */
export const maskImported = (secret: string | undefined, id: string): string =>
  secret === undefined
    ? `${IMPORTED_PREFIX}…${id.slice(0, 8)}`
    : `${secret.slice(0, IMPORTED_PREFIX.length + 4)}…${secret.slice(-4)}`;

function checksum(text: string): string {
  let remainder = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    digits = ALPHABET[remainder % ALPHABET.length] + digits;
    remainder = Math.floor(remainder / ALPHABET.length);
  }
  return digits;
}
