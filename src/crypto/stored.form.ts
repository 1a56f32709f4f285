/** How a secret rests in the database, and under which key. */
export interface StoredForm {
  kind: 'clear' | 'enc:v1' | 'enc:v2' | 'sha256' | 'hmac' | 'unknown';
  /** Absent where no key is named; `enc:v1` has one and does not say which. */
  keyId?: string;
}

const KEYED = /^(enc:v2|hmac):([0-9a-f]{8})(?::|$)/;

/** True for anything that says it is encrypted, in whatever version. */
export const looksEncrypted = (stored: string): boolean => stored.startsWith('enc:');

export function formOfKey(stored: string): StoredForm {
  if (!looksEncrypted(stored)) return { kind: 'clear' };
  return stored.startsWith('enc:v1:') ? { kind: 'enc:v1' } : keyedForm(stored);
}

/** The first characters of a hash are enough. */
export const formOfHash = (stored: string): StoredForm =>
  stored.startsWith('sha256') ? { kind: 'sha256' } : keyedForm(stored);

function keyedForm(stored: string): StoredForm {
  const [, kind, keyId] = KEYED.exec(stored) ?? [];
  return kind && keyId ? { kind: kind as 'enc:v2' | 'hmac', keyId } : { kind: 'unknown' };
}
