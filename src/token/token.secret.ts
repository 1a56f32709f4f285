import { IssuedSecret } from '../crypto/issued.secret.js';

export const PREFIX = 'sk-wt-';
const IMPORTED_PREFIX = 'sk-';
const IMPORTED_FORM = /^sk-[A-Za-z0-9_-]{22}$/;
const issued = new IssuedSecret(PREFIX);
export const SECRET_LENGTH = issued.length;

/** `sk-wt-`, random characters and a checksum. */
export const newSecret = (): string => issued.create();

/** True for a text that this program may have issued. Any other text is refused without a query. */
export const isSecret = (text: string): boolean => issued.matches(text);

/** `sk-` and the 22 characters of a UUIDv7 (RFC 9562 §5.7) in base64url: the secret of a token that the Go system issued. */
export function isImportedSecret(text: string): boolean {
  if (!IMPORTED_FORM.test(text)) return false;
  const bytes = Buffer.from(text.slice(IMPORTED_PREFIX.length), 'base64url');
  const isVersion7 = bytes[6]! >> 4 === 7 && bytes[8]! >> 6 === 0b10;
  return isVersion7 && bytes.toString('base64url') === text.slice(IMPORTED_PREFIX.length);
}

/** `sk-wt-AbCd…wXyZ`: enough to recognise a token, too little to use it. */
export const maskSecret = (secret: string): string => issued.mask(secret);

/** `sk-AbCd…wXyZ`, or `sk-…` and the beginning of the id when only the hash is known. Never equal to a display form of `maskSecret`. */
export const maskImported = (secret: string | undefined, id: string): string =>
  secret === undefined
    ? `${IMPORTED_PREFIX}…${id.slice(0, 8)}`
    : `${secret.slice(0, IMPORTED_PREFIX.length + 4)}…${secret.slice(-4)}`;

/** A display form as an operator types it: three dots become the ellipsis of `maskSecret`. */
export const displayForm = (text: string): string => text.replace('...', '…');
