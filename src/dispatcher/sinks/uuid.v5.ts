import { createHash } from 'node:crypto';

/** The namespace of ids of events: any fixed UUID. */
const NAMESPACE = Buffer.from('8b6f2f0e5d0c4c0fa3f7a3f6d1f0b9c4', 'hex');

/** The UUID version 5 of a name (RFC 9562 §5.5): the same name gives the same UUID. */
export function uuidV5(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
