import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/** TLS to a host: its certificate is always verified, and an address is not sent as a name (RFC 6066 §3). */
export const tlsOptions = (host: string): ConnectionOptions => ({
  servername: isIP(host) ? '' : host,
  ALPNProtocols: ['http/1.1'],
  rejectUnauthorized: true,
});
