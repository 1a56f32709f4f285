/** Hosts that mean all addresses. */
const ALL_ADDRESSES = new Set(['', '0.0.0.0', '::']);

/** The URL at which a client on this machine reaches a server that listens on this host and port. */
export function localUrl(host: string, port: number | string): string {
  if (ALL_ADDRESSES.has(host)) return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
