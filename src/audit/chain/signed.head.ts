import type { AuditHead } from '../row/audit.row.js';
import type { SigningKey } from './signing.key.js';

/** The end of the log, to be kept elsewhere: it proves all rows before it. */
export interface SignedHead {
  readonly seq: number;
  readonly hash: string;
  /** RFC 3339. */
  readonly at: string;
  readonly key_id?: string;
  /** PEM. */
  readonly public_key?: string;
  /** Base64 of the Ed25519 signature. */
  readonly signature?: string;
}

/** Without a key the head is not signed. */
export function signedHead({ seq, hash, at }: AuditHead, key: SigningKey | undefined): SignedHead {
  const head = { seq, hash, at: new Date(at).toISOString() };
  if (!key) return head;
  const publicKey = key.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  return { ...head, key_id: key.id, public_key: publicKey, signature: key.sign(seq, hash) };
}
