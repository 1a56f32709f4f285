import type { KeyObject } from 'node:crypto';
import type { AuditRow } from '../row/audit.row.js';
import type { Start } from './chain.fault.js';
import { prunedOf } from './chain.start.js';
import { isSignature, keyIdOf, keysById, publicKeyOf, type PublicKeys } from './signing.key.js';

/**
 * Checks the signatures of rows in their order. A log may begin unsigned; after its first signed row all are signed.
 *
 * When keys are given, they alone are trusted: who can write rows can announce a key too. Without, the log is consistent in
 * itself at most: it has to announce each key before its first signature.
 */
export class SignatureCheck {
  checked = 0;
  /** Ids of keys that sign rows and that only the log itself names. */
  readonly unknownKeys = new Set<string>();
  /** Of rows that are checked. */
  private readonly announced = new Map<string, KeyObject>();
  /** Of the row about pruning, which is not checked yet. */
  private readonly earlier: PublicKeys;
  private isSigned: boolean;

  constructor(
    private readonly given: PublicKeys,
    private readonly start: Pick<Start, 'keys' | 'pruned'> = {},
  ) {
    const keys = Object.values(start.keys ?? {}).map((text) => publicKeyOf(text));
    this.earlier = keysById(keys.filter((key) => key !== undefined));
    this.isSigned = this.earlier.size > 0;
  }

  /** What is wrong: the signature, or its key, which is not given, or not announced by an earlier row. */
  problemOf(row: AuditRow): 'signature' | 'key' | undefined {
    const { seq, hash, signature, key_id: keyId } = row;
    const announced = row.action === 'audit.key' ? publicKeyOf(keyTextOf(row)) : undefined;
    this.isSigned ||= announced !== undefined;
    if (signature === undefined && keyId === undefined && !this.isSigned) return undefined;
    if (signature === undefined || keyId === undefined) return 'signature';
    const publicKey = this.given.size > 0 ? this.given.get(keyId) : this.keyOf(row, keyId, announced);
    if (!publicKey) return 'key';
    if (!isSignature(signature, seq, hash, publicKey)) return 'signature';
    this.isSigned = true;
    this.checked += 1;
    if (this.given.size > 0) return undefined;
    this.unknownKeys.add(keyId);
    for (const key of [publicKey, announced]) if (key) this.announced.set(keyIdOf(key), key);
    return undefined;
  }

  /** A new key signs its own announcement. A row about pruning has a key that signed or announced an earlier row. */
  private keyOf(row: AuditRow, keyId: string, announced: KeyObject | undefined): KeyObject | undefined {
    if (announced && keyIdOf(announced) === keyId) return announced;
    const { pruned } = this.start;
    const isOfStart = pruned !== undefined && prunedOf(row)?.to_seq === pruned.to_seq;
    return this.announced.get(keyId) ?? (isOfStart ? undefined : this.earlier.get(keyId));
  }
}

/** The public key that an `audit.key` row announces, as PEM. */
export function keyTextOf({ metadata }: AuditRow): string {
  const text = (metadata as Record<string, unknown> | undefined)?.['public_key'];
  return typeof text === 'string' ? text : '';
}
