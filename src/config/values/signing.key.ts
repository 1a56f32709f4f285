import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { validator } from '../../common/rest/validator.js';

/**
 * The Ed25519 private key of a text: PKCS#8 as PEM, base64 of that PEM, or base64 of DER (RFC 8410). Undefined for any other
 * text or type of key.
 */
export function ed25519Key(text: string): KeyObject | undefined {
  try {
    const key = parsed(text.trim());
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string): KeyObject {
  if (isPem(text)) return createPrivateKey(text);
  const bytes = Buffer.from(text, 'base64');
  const inner = bytes.toString('latin1');
  return isPem(inner) ? createPrivateKey(inner) : createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
}

const isPem = (text: string): boolean => text.startsWith('-----BEGIN ');

/** Another type of key would sign in another way. */
export const IsSigningKey = validator('isSigningKey', (value) =>
  typeof value === 'string' && ed25519Key(value)
    ? undefined
    : 'must be an Ed25519 private key, as PEM or its base64: generate it with `openssl genpkey -algorithm ed25519`',
);

const PUBLIC_KEY = /^-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----$/;

/**
 * The Ed25519 public keys of a text: SPKI as PEM, one after another, the base64 of that, or the base64 of one key as DER
 * (RFC 8410). Undefined for any other text or type of key, also for a private key.
 */
export function ed25519PublicKeys(text: string): KeyObject[] | undefined {
  try {
    const keys = publicKeysIn(text.trim());
    return keys.every((key) => key?.asymmetricKeyType === 'ed25519') ? (keys as KeyObject[]) : undefined;
  } catch {
    return undefined;
  }
}

function publicKeysIn(text: string): (KeyObject | undefined)[] {
  const bytes = Buffer.from(text, 'base64');
  const pems = isPem(text) ? text : bytes.toString('latin1').trim();
  if (!isPem(pems)) return [createPublicKey({ key: bytes, format: 'der', type: 'spki' })];
  const parts = pems.split(/(?<=-----END [A-Z ]+-----)\s*/).filter((part) => part !== '');
  return parts.map((pem) => (PUBLIC_KEY.test(pem) ? createPublicKey(pem) : undefined));
}

export const ArePublicKeys = validator('arePublicKeys', (value) =>
  typeof value === 'string' && ed25519PublicKeys(value)
    ? undefined
    : 'must be Ed25519 public keys as PEM, one after another, or the base64 of that: `openssl pkey -pubout` prints one',
);
