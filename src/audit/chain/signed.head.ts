import type { AuditRow } from '../row/audit.row.js';
import { pemOf, type PublicKeys } from './signing.key.js';

/** The end of the log, to be kept elsewhere: it proves all rows before it. */
export interface SignedHead {
  readonly seq: number;
  readonly hash: string;
  /** RFC 3339. */
  readonly at: string;
  readonly key_id?: string;
  /** PEM; absent when the server does not have it. */
  readonly public_key?: string;
  /** Base64 of the Ed25519 signature. */
  readonly signature?: string;
}

/** The head that the newest row is: its signature is the one that was stored with it. Nothing is signed to show it. */
export function signedHead({ seq, hash, at, key_id: keyId, signature }: AuditRow, keys: PublicKeys): SignedHead {
  const head = { seq, hash, at };
  if (keyId === undefined || signature === undefined) return head;
  const publicKey = keys.get(keyId);
  return {
    ...head,
    key_id: keyId,
    ...(publicKey && { public_key: pemOf(publicKey) }),
    signature,
  };
}
