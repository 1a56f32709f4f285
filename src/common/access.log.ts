import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { isProxied } from './error.body.js';
import { Exchange } from './exchange.js';
import { withoutKeys } from './without.keys.js';

const ms = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : Math.round((to - from) * 1000) / 1000;

const ORDINARY = /^(?:.{0,24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** What may be printed of a path. A target that is no path may hold a password, a long part of one outside /v1 a credential. */
function printable(path: string): string {
  if (!/^\/(?!\/)/.test(path)) return '-';
  if (isProxied(path)) return withoutKeys(path);
  return path
    .split('/')
    .map((part) => (ORDINARY.test(part) ? withoutKeys(part) : '…'))
    .join('/');
}

/** One line an exchange, after its last byte: identifiers, sizes, durations in milliseconds, and who ended it. Nothing secret. */
export function logExchange(logger: Logger, exchange: Exchange, response?: ServerResponse): void {
  logger.info(
    {
      request_id: exchange.requestId,
      token_id: exchange.tokenId,
      project_id: exchange.projectId,
      method: exchange.request.method,
      path: printable(exchange.path),
      status: exchange.status ?? (response?.headersSent ? response.statusCode : undefined),
      code: exchange.code,
      end: exchange.end ?? 'ok',
      bytes_in: exchange.bytesIn,
      bytes_out: exchange.bytesOut,
      queue_ms: ms(exchange.queuedAt, exchange.sentAt),
      upstream_ms: ms(exchange.sentAt, exchange.answeredAt),
      total_ms: ms(exchange.startedAt, performance.now()),
      remote: exchange.request.socket.remoteAddress,
    },
    'request',
  );
}
