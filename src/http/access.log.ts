import { type DestinationStream, type Logger, symbols } from 'pino';
import type { Exchange } from './exchange.js';
import type { ExchangeObserver } from './exchange.observers.js';
import { isoTime, milliseconds } from '../common/values/fast.format.js';
import { redact } from '../common/values/redact.js';

const ORDINARY = /^(?:.{0,24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** The printable form of a path. A target that is no path may contain a password; a long segment outside /v1 may be a credential. */
function printable({ path, route }: Exchange): string {
  if (!/^\/(?!\/)/.test(path)) return '-';
  if (route === 'proxied') return redact(path);
  return path
    .split('/')
    .map((part) => (ORDINARY.test(part) ? redact(part) : '…'))
    .join('/');
}

/** A JSON field of text that needs no escaping: our own ids and words, and what the HTTP parser has validated. */
const plain = (name: string, value: string | undefined): string => (value === undefined ? '' : `,"${name}":"${value}"`);

const duration = (name: string, from: number | undefined, to: number | undefined): string =>
  from === undefined || to === undefined ? '' : `,"${name}":${milliseconds(to - from)}`;

/** Properties of a pino logger that its types do not declare: the stream of its lines, and the fields at the start of each. */
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
        `,"path":${JSON.stringify(printable(exchange))}` +
        (status === undefined ? '' : `,"status":${status}`) +
        plain('code', exchange.code) +
        plain('end', exchange.end ?? 'ok') +
        (exchange.fault ? plain('why', exchange.fault.why) + plain('upstream', exchange.fault.upstream) : '') +
        `,"bytes_in":${exchange.bytesIn},"bytes_out":${exchange.bytesOut}` +
        duration('queue_ms', queuedAt, sentAt) +
        duration('upstream_ms', sentAt, respondedAt) +
        duration('total_ms', startedAt, closedAt) +
        `${plain('remote', request.socket.remoteAddress)},"msg":"request"}\n`,
    );
  }
}
