import { type DestinationStream, type Logger, symbols } from 'pino';
import type { End, Exchange } from './exchange.js';
import type { ExchangeObserver } from './exchange.observers.js';
import { clientAddress } from './client.address.js';
import { printablePath } from './printable.path.js';
import { redact, withoutSecrets } from '../common/values/redact.js';
import type { Networks } from '../common/values/networks.js';
import { isoTime, milliseconds } from '../common/values/fast.format.js';

type Level = 'debug' | 'info' | 'warn';
const FAULTS = new Set<End | undefined>(['upstream', 'upstream_timeout', 'proxy', 'store']);

/** `warn`: a fault of this server or of an upstream, and an upstream that refuses the project's key. `debug`: a health check. */
function levelOf({ route, status = 0, code, end }: Exchange): Level {
  if (route === 'health') return 'debug';
  if (status >= 500 || FAULTS.has(end)) return 'warn';
  const isKeyRefused = route === 'proxied' && code === undefined && (status === 401 || status === 403);
  return isKeyRefused ? 'warn' : 'info';
}

/** A JSON field of text that needs no escaping: our own ids and words, and what the HTTP parser has validated. */
const plain = (name: string, value: string | undefined): string => (value === undefined ? '' : `,"${name}":"${value}"`);

const duration = (name: string, from: number | undefined, to: number | undefined): string =>
  from === undefined || to === undefined ? '' : `,"${name}":${milliseconds(to - from)}`;

/** The author of a management call. The name is text of the operator's, so it is escaped. */
function actorOf({ actor, host }: Exchange): string {
  if (!actor) return '';
  const name =
    actor.name === undefined
      ? ''
      : `,"operator_name":${JSON.stringify(redact(withoutSecrets(actor.name, host.secrets)))}`;
  const { kind, id, session } = actor;
  return plain('actor', session ? 'admin' : kind) + plain('session_id', session?.id) + plain('operator_id', id) + name;
}

/** Names of models are short; anything else is not worth a line of the log. */
const MODEL = /^[\x20-\x7e]{1,100}$/;

/** The model, and the tokens where the upstream has reported them. */
function usageOf({ usage, asked }: Exchange): string {
  const model = usage?.model ?? asked?.model;
  const named = model !== undefined && MODEL.test(model) ? `,"model":${JSON.stringify(redact(model))}` : '';
  if (usage?.source !== 'provider') return named;
  const { input, output, cached } = usage.figures;
  return named + count('input', input) + count('output', output) + count('cached', cached);
}

const count = (name: string, value: number | undefined): string => (value === undefined ? '' : `,"${name}":${value}`);

/** Properties of a pino logger that its types do not declare: the stream of its lines, and the fields at the start of each. */
type Inner = Logger & Record<symbol, unknown>;

/**
 * One line an exchange, after its last byte: identifiers, sizes, durations in milliseconds, and what ended it. Nothing
 * secret. The line bypasses pino and goes into pino's stream: every request costs one, so it is worth a template.
 */
export class AccessLog implements ExchangeObserver {
  constructor(
    private readonly logger: Logger,
    private readonly trustedProxies?: Networks,
  ) {}

  onClosed(exchange: Exchange): void {
    const level = levelOf(exchange);
    if (!this.logger.isLevelEnabled(level)) return;
    const { queuedAt, sentAt, respondedAt, startedAt, closedAt, request, status } = exchange;
    const inner = this.logger as Inner;
    (inner[symbols.streamSym] as DestinationStream).write(
      `{"level":"${level}","time":"${isoTime(Date.now())}"${inner[symbols.chindingsSym] as string}` +
        plain('request_id', exchange.requestId) +
        plain('correlation_id', exchange.correlationId) +
        plain('token_id', exchange.tokenId) +
        plain('project_id', exchange.projectId) +
        actorOf(exchange) +
        plain('method', request.method) +
        `,"path":${JSON.stringify(printablePath(exchange))}` +
        (status === undefined ? '' : `,"status":${status}`) +
        plain('code', exchange.code) +
        plain('end', exchange.end ?? 'ok') +
        (exchange.fault ? plain('why', exchange.fault.why) + plain('upstream', exchange.fault.upstream) : '') +
        `,"bytes_in":${exchange.bytesIn},"bytes_out":${exchange.bytesOut}` +
        usageOf(exchange) +
        duration('queue_ms', queuedAt, sentAt) +
        duration('upstream_ms', sentAt, respondedAt) +
        duration('total_ms', startedAt, closedAt) +
        `${plain('remote', clientAddress(request, this.trustedProxies) || request.socket.remoteAddress)},"msg":"request"}\n`,
    );
  }
}
