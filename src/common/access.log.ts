import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { Exchange } from './exchange.js';

const ms = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : Math.round((to - from) * 1000) / 1000;

const KEY = /sk-[\w-]{8,}/g;

/** A key in a path is somebody's slip (an id was asked for): it is not written down. */
const withoutKeys = (path: string): string => (path.includes('sk-') ? path.replace(KEY, 'sk-…') : path);

/** One line an exchange, after its last byte: identifiers, sizes, durations in milliseconds, and who ended it. Nothing secret. */
export function logExchange(logger: Logger, exchange: Exchange, response: ServerResponse): void {
  logger.info(
    {
      request_id: exchange.requestId,
      token_id: exchange.tokenId,
      project_id: exchange.projectId,
      method: exchange.request.method,
      path: withoutKeys(exchange.path),
      status: exchange.status ?? (response.headersSent ? response.statusCode : undefined),
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
