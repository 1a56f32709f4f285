/** The destinations that events can be sent to. */
export const SINK_NAMES = ['file', 'webhook', 'otlp', 'lunary', 'helicone'] as const;
export type SinkName = (typeof SINK_NAMES)[number];

export type EventsFormat = 'native' | 'cloudevents';
export const GENAI_NAMES = ['0.1.0', '1.41', 'both', 'openinference'] as const;
/** The version of the OpenTelemetry conventions that the attributes of spans have. */
export type GenAiNames = (typeof GENAI_NAMES)[number];

export interface FileSettings {
  readonly path: string;
  /** 0 = rotated by day alone. */
  readonly maxBytes: number;
  /** The current one included. */
  readonly maxFiles: number;
}

export interface WebhookSettings {
  readonly url: string;
  /** The current one first, then the one that it replaces. */
  readonly secrets: readonly string[];
}

export interface KeyedSettings {
  readonly endpoint: string;
  readonly apiKey: string;
}

/** `OTEL_EXPORTER_OTLP_*`, as the OpenTelemetry specification defines them. */
export interface OtlpSettings {
  /** The URL of `/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
  readonly names: GenAiNames;
}

/** The forward proxies of sinks, by the names of the customary variables. */
export interface SinkProxies {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY?: string;
}

/** The stream of events in Redis. */
export interface StreamSettings {
  readonly key: string;
  /** Each sink has a group of its own, named after this one. */
  readonly group: string;
  /** Absent: a name of the process. */
  readonly consumer: string | undefined;
  /** How long a consumer keeps entries without acknowledging them before another takes them over. */
  readonly claimMs: number;
  /** Entries that one read returns at most. */
  readonly batchSize: number;
}

/** The sinks of this process and their settings: plain data, because a worker thread gets a copy. */
export interface DispatcherConfig {
  readonly services: readonly SinkName[];
  /** Events in one request to a sink, at most. */
  readonly batchSize: number;
  readonly format: EventsFormat;
  readonly file: FileSettings | undefined;
  readonly webhook: WebhookSettings | undefined;
  readonly otlp: OtlpSettings | undefined;
  readonly lunary: KeyedSettings | undefined;
  readonly helicone: KeyedSettings | undefined;
  readonly proxies: SinkProxies;
  readonly stream: StreamSettings;
}
