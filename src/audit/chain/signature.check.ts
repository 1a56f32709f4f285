import { createPublicKey, type KeyObject } from 'node:crypto';
import type { AuditRow } from '../row/audit.row.js';
import type { KeyTexts } from './chain.fault.js';
import { isSignature, keyIdOf } from './signing.key.js';

/** Checks the signatures of rows in their order. A log may begin unsigned; after its first signed row all are signed. */
export class SignatureCheck {
  checked = 0;
  /** Ids of keys that sign rows and that nobody vouches for: only the log itself names them. */
  readonly unknownKeys = new Set<string>();
  private readonly announced = new Map<string, KeyObject>();
  private isSigned: boolean;

  constructor(
    private readonly given: ReadonlyMap<string, KeyObject>,
    earlier: KeyTexts = {},
  ) {
    for (const text of Object.values(earlier)) this.announce(publicKeyOf(text));
    this.isSigned = this.announced.size > 0;
  }

  /** What is wrong: the signature, or its key, which no earlier row has announced. */
  problemOf(row: AuditRow): 'signature' | 'key' | undefined {
    const { seq, hash, signature, key_id: keyId } = row;
    const announced = row.action === 'audit.key' ? publicKeyOf(keyTextOf(row)) : undefined;
    if (announced) this.announce(announced);
    if (signature === undefined && keyId === undefined && !this.isSigned) return undefined;
    if (signature === undefined || keyId === undefined) return 'signature';
    const publicKey = this.given.get(keyId) ?? this.announced.get(keyId);
    if (!publicKey) return 'key';
    if (!isSignature(signature, seq, hash, publicKey)) return 'signature';
    this.isSigned = true;
    this.checked += 1;
    if (!this.given.has(keyId)) this.unknownKeys.add(keyId);
    return undefined;
  }

  private announce(publicKey: KeyObject | undefined): void {
    if (!publicKey) return;
    this.isSigned = true;
    this.announced.set(keyIdOf(publicKey), publicKey);
  }
}

/** The public key that an `audit.key` row announces, as PEM. */
export function keyTextOf({ metadata }: AuditRow): string {
  const text = (metadata as Record<string, unknown> | undefined)?.['public_key'];
  return typeof text === 'string' ? text : '';
}

/** The Ed25519 public key of a PEM; undefined for anything else. */
export function publicKeyOf(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey(text);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
