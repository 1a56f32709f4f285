import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** The bytes of a secret of Standard Webhooks 1.0: base64, with or without `whsec_`. */
export const secretBytes = (secret: string): Buffer =>
  Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');

/** The headers of Standard Webhooks 1.0. Each key gives one signature, so that receivers accept the old and the new one. */
export function signedHeaders(
  keys: readonly Buffer[],
  id: string,
  timestampSeconds: number,
  body: string,
): Record<string, string> {
  const signatures = keys.map((key) => {
    const mac = createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64');
    return `v1,${mac}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}
