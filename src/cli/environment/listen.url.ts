import { LISTEN_ADDRESS } from '../../config/config.validators.js';

export const DEFAULT_BASE_URL = 'http://localhost:8080';
/** Hosts that mean all addresses. */
const ALL_ADDRESSES = new Set(['', '0.0.0.0', '::']);

/** The URL at which a client on this machine reaches a server with this LISTEN_ADDR. */
export function listenUrl(listenAddress: string | undefined): string {
  const [, v6, host = '', port] = LISTEN_ADDRESS.exec(listenAddress ?? '') ?? [];
  if (port === undefined) return DEFAULT_BASE_URL;
  const name = v6 === undefined ? host : v6;
  if (ALL_ADDRESSES.has(name)) return `http://localhost:${port}`;
  return `http://${v6 === undefined ? host : `[${v6}]`}:${port}`;
}
