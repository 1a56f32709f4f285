import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'sk-wt-';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}$`);
export const SECRET_LENGTH = PREFIX.length + RANDOM_LENGTH + CHECKSUM_LENGTH;

/** `sk-wt-`, 32 random characters (190.5 bits), and 6 of CRC-32 in base 62 over what stands before. */
export function newSecret(): string {
  let text = PREFIX;
  for (let i = 0; i < RANDOM_LENGTH; i += 1) text += ALPHABET[randomInt(ALPHABET.length)];
  return text + checksum(text);
}

/** True for something this program may have made. Anything else is refused without asking any store. */
export const isSecret = (text: string): boolean =>
  text.length === SECRET_LENGTH &&
  FORM.test(text) &&
  checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);

/** `sk-wt-AbCd…wXyZ`: enough to tell two tokens apart, far too little to use one. */
export const displaySecret = (secret: string): string => `${secret.slice(0, PREFIX.length + 4)}…${secret.slice(-4)}`;

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    digits = ALPHABET[rest % ALPHABET.length] + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
