import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** What a signature covers. The first line keeps it from being one of something else. */
export const signedText = (seq: number, hash: string): Buffer => Buffer.from(`llm-proxy audit v1\n${seq}\n${hash}`);

/** 16 hexadecimal digits of the SHA-256 of a public key's DER. */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, 16);

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
