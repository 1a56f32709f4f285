import type { End } from '../../http/exchange.js';
import type { RouteName } from '../../openai/route.name.js';
import type { Figures, ToolFigures, UsageReason, UsageSource, Work } from '../../openai/usage/usage.record.js';

/** `request`: an exchange that ended. `work`: figures that came later. `crash`: an exchange whose server died. */
export type EventKind = 'request' | 'work' | 'crash';

/** `usage` of an event: the figures, and where they are from. */
export interface EventUsage extends Figures {
  readonly source: UsageSource;
  readonly reason?: UsageReason;
  readonly mismatch?: true;
  readonly tools?: ToolFigures;
  /** Figures of each response of a WebSocket. */
  readonly parts?: readonly ({
    readonly key: string;
    readonly model?: string;
    readonly tier?: string;
    readonly tools?: ToolFigures;
  } & Figures)[];
  /** Of a stream without figures. */
  readonly deltas?: number;
  readonly text_bytes?: number;
  readonly images?: number;
}

/** A captured body. */
export interface EventBody {
  readonly headers?: Readonly<Record<string, string>>;
  /** As text, when it is UTF-8. */
  readonly body?: string;
  /** As base64, when it is not. */
  readonly body_base64?: string;
  readonly truncated?: boolean;
}

/**
 * One exchange, version 1 (`api/proxy-event.schema.json`). Times are RFC 3339 in UTC, durations milliseconds. Unknown is
 * absent, never zero or empty. Members may be added; the meaning of one never changes.
 */
export interface ProxyEvent {
  readonly v: 1;
  /** `<uuid of the exchange>:<kind>`: the same on every delivery and after every restart. */
  readonly id: string;
  readonly kind: EventKind;
  readonly replica: string;
  readonly epoch: number;
  /** Without gaps within a replica and epoch. */
  readonly seq: number;
  /** When the exchange began. */
  readonly at: string;
  readonly request_id: string;
  readonly correlation_id?: string;
  readonly upstream_request_id?: string;
  /** The client's W3C trace context, when it sent a valid one. */
  readonly traceparent?: string;
  readonly project_id?: string;
  readonly token_id?: string;
  readonly method: string;
  readonly route: RouteName;
  /** As the access log prints it. */
  readonly path: string;
  readonly status?: number;
  readonly end: End | 'crash';
  /** Of a refusal of ours. */
  readonly code?: string;
  /** Set for an event stream. */
  readonly stream?: true;
  /** Set for a WebSocket. */
  readonly socket?: true;
  readonly bytes_in?: number;
  readonly bytes_out?: number;
  readonly queue_ms?: number;
  readonly upstream_headers_ms?: number;
  readonly first_byte_ms?: number;
  readonly last_byte_ms?: number;
  readonly overhead_ms?: number;
  /** Of the response. */
  readonly model?: string;
  readonly request_model?: string;
  readonly tier?: string;
  readonly response_id?: string;
  readonly usage?: EventUsage;
  readonly cost?: {
    readonly nano_usd?: number;
    readonly price_version?: string;
    readonly source: 'catalogue' | 'none';
  };
  readonly work?: Work;
  /** Bodies were captured. They are kept apart, and for a shorter time. */
  readonly captured?: true;
  /** For sinks, and where one request is shown. */
  readonly request?: EventBody;
  readonly response?: EventBody;
}

/** The types of notices to operators. Each notice is sent once. */
export const NOTICE_TYPES = [
  'token.withering',
  'token.expired',
  'token.exhausted',
  'upstream.key_refused',
  'breaker.opened',
  'sink.broken',
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

export interface Notice {
  readonly v: 1;
  /** `<type>:<subject>:<occasion>`: the same when two replicas see the same occasion, of which one is sent. */
  readonly id: string;
  readonly kind: 'notice';
  readonly type: NoticeType;
  readonly at: string;
  readonly replica: string;
  readonly project_id?: string;
  readonly token_id?: string;
  /** One sentence. */
  readonly message: string;
}
