/** The form in which the database stores a secret, and the key it needs. */
export interface StoredForm {
  kind: 'clear' | 'enc:v1' | 'enc:v2' | 'sha256' | 'hmac' | 'unknown';
  /** Absent when the stored value names no key. `enc:v1` needs a key and does not name it. */
  keyId?: string;
}

const KEYED = /^(enc:v2|hmac):([0-9a-f]{8})(?::|$)/;

/** True for every version of encrypted values. */
export const looksEncrypted = (stored: string): boolean => stored.startsWith('enc:');

export function formOfKey(stored: string): StoredForm {
  if (!looksEncrypted(stored)) return { kind: 'clear' };
  return stored.startsWith('enc:v1:') ? { kind: 'enc:v1' } : keyedForm(stored);
}

/** Also accepts a prefix of a hash, as `summarizeTokens` reads it. */
export const formOfHash = (stored: string): StoredForm =>
  stored.startsWith('sha256') ? { kind: 'sha256' } : keyedForm(stored);

function keyedForm(stored: string): StoredForm {
  const [, kind, keyId] = KEYED.exec(stored) ?? [];
  return kind && keyId ? { kind: kind as 'enc:v2' | 'hmac', keyId } : { kind: 'unknown' };
}
