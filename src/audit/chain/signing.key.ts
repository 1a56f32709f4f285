import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { ed25519PublicKeys } from '../../config/values/signing.key.js';

/** Public keys by their ids. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/** What a signature covers. The first line keeps it from being one of something else. */
export const signedText = (seq: number, hash: string): Buffer => Buffer.from(`llm-proxy audit v1\n${seq}\n${hash}`);

/** 16 hexadecimal digits of the SHA-256 of a public key's DER. */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, 16);

export const keysById = (keys: Iterable<KeyObject>): Map<string, KeyObject> =>
  new Map([...keys].map((key) => [keyIdOf(key), key]));

/** The PEM of a public key. */
export const pemOf = (publicKey: KeyObject): string => publicKey.export({ format: 'pem', type: 'spki' }).toString();

/** The Ed25519 public key of a PEM; undefined for anything else. */
export function publicKeyOf(text: string): KeyObject | undefined {
  const keys = ed25519PublicKeys(text);
  return keys?.length === 1 ? keys[0] : undefined;
}

/** Signs rows of the audit log with Ed25519. */
export class SigningKey {
  readonly publicKey: KeyObject;
  readonly id: string;

  constructor(private readonly privateKey: KeyObject) {
    this.publicKey = createPublicKey(privateKey);
    this.id = keyIdOf(this.publicKey);
  }

  /** Base64. */
  sign(seq: number, hash: string): string {
    return sign(null, signedText(seq, hash), this.privateKey).toString('base64');
  }
}

/** Whether the signature is of this row and this key. Another text for the same bytes is another signature. */
export function isSignature(signature: string, seq: number, hash: string, publicKey: KeyObject): boolean {
  const bytes = Buffer.from(signature, 'base64');
  return bytes.toString('base64') === signature && verify(null, signedText(seq, hash), publicKey, bytes);
}
