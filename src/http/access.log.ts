import { type DestinationStream, type Logger, symbols } from 'pino';
import { isProxied } from './error.body.js';
import type { Exchange } from './exchange.js';
import type { ExchangeObserver } from './exchange.observers.js';
import { isoTime, milliseconds } from '../common/values/fast.format.js';
import { redact } from '../common/values/redact.js';

const ORDINARY = /^(?:.{0,24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** What may be printed of a path. A target that is no path may hold a password, a long part of one outside /v1 a credential. */
function printable(path: string): string {
  if (!/^\/(?!\/)/.test(path)) return '-';
  if (isProxied(path)) return redact(path);
  return path
    .split('/')
    .map((part) => (ORDINARY.test(part) ? redact(part) : '…'))
    .join('/');
}

/** Of text that holds nothing JSON would escape: ids and words of ours, what a parser has let through. */
const plain = (name: string, value: string | undefined): string => (value === undefined ? '' : `,"${name}":"${value}"`);

const duration = (name: string, from: number | undefined, to: number | undefined): string =>
  from === undefined || to === undefined ? '' : `,"${name}":${milliseconds(to - from)}`;

/** What pino has for a logger and does not declare: where its lines go, and the fields that begin each. */
type Inner = Logger & Record<symbol, unknown>;

/**
 * One line an exchange, after its last byte: identifiers, sizes, durations in milliseconds, and what ended it. Nothing
 * secret. The line bypasses pino and goes into pino's stream: every request costs one, so it is worth a template.
 */
export class AccessLog implements ExchangeObserver {
  constructor(private readonly logger: Logger) {}

  onClosed(exchange: Exchange): void {
    if (!this.logger.isLevelEnabled('info')) return;
    const { queuedAt, sentAt, respondedAt, startedAt, closedAt, request, status } = exchange;
    const inner = this.logger as Inner;
    (inner[symbols.streamSym] as DestinationStream).write(
      `{"level":"info","time":"${isoTime(Date.now())}"${inner[symbols.chindingsSym] as string}` +
        plain('request_id', exchange.requestId) +
        plain('token_id', exchange.tokenId) +
        plain('project_id', exchange.projectId) +
        plain('method', request.method) +
        `,"path":${JSON.stringify(printable(exchange.path))}` +
        (status === undefined ? '' : `,"status":${status}`) +
        plain('code', exchange.code) +
        plain('end', exchange.end ?? 'ok') +
        `,"bytes_in":${exchange.bytesIn},"bytes_out":${exchange.bytesOut}` +
        duration('queue_ms', queuedAt, sentAt) +
        duration('upstream_ms', sentAt, respondedAt) +
        duration('total_ms', startedAt, closedAt) +
        `${plain('remote', request.socket.remoteAddress)},"msg":"request"}\n`,
    );
  }
}
