import { localUrl } from '../../common/values/local.url.js';
import { LISTEN_ADDRESS } from '../../config/values/config.validators.js';

export const DEFAULT_BASE_URL = 'http://localhost:8080';

/** The URL at which a client on this machine reaches a server with this LISTEN_ADDR. */
export function listenUrl(listenAddress: string | undefined): string {
  const [, v6, host = '', port] = LISTEN_ADDRESS.exec(listenAddress ?? '') ?? [];
  return port === undefined ? DEFAULT_BASE_URL : localUrl(v6 ?? host, port);
}
