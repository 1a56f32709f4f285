import { LISTEN_ADDRESS } from '../../config/config.validators.js';

export const DEFAULT_BASE_URL = 'http://localhost:8080';
/** What a server listens on that listens on everything. */
const EVERYWHERE = new Set(['', '0.0.0.0', '::']);

/** Where a client on this machine finds the server of this LISTEN_ADDR. */
export function listenUrl(listenAddress: string | undefined): string {
  const [, v6, host = '', port] = LISTEN_ADDRESS.exec(listenAddress ?? '') ?? [];
  if (port === undefined) return DEFAULT_BASE_URL;
  const name = v6 === undefined ? host : v6;
  if (EVERYWHERE.has(name)) return `http://localhost:${port}`;
  return `http://${v6 === undefined ? host : `[${v6}]`}:${port}`;
}
