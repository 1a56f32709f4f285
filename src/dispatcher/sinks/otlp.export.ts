import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { VERSION } from '../../common/values/package.js';
import type { OtlpSettings, SinkProxies } from '../../config/values/dispatcher.config.js';
import type { ProxyEvent } from '../../events/event/proxy.event.js';
import { type OtelApi, SpanMaker } from './otel.span.js';

export interface ExportResult {
  readonly error: Error | undefined;
  /** Spans that the collector rejected within a successful response. */
  readonly rejected: number;
}

/** The official exporter, without the queue of the SDK, which drops spans. One call at a time. */
export class OtlpExport {
  private rejected = 0;

  private constructor(
    private readonly exporter: OTLPTraceExporter,
    private readonly spans: SpanMaker,
    api: OtelApi,
  ) {
    this.watchPartialSuccess(api);
  }

  /** Loads the libraries, which take a good part of the start-up time. */
  static async load(settings: OtlpSettings, proxies: SinkProxies): Promise<OtlpExport> {
    const api = await import('@opentelemetry/api');
    const { OTLPTraceExporter: Exporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
    const { resourceFromAttributes } = await import('@opentelemetry/resources');
    const resource = resourceFromAttributes({ 'service.name': 'llm-proxy', 'service.version': VERSION });
    const exporter = new Exporter({
      url: settings.url,
      headers: { ...settings.headers },
      timeoutMillis: settings.timeoutMs,
      // An enum of a package that is not a dependency of ours.
      compression: (settings.isCompressed ? 'gzip' : 'none') as never,
      httpAgentOptions: { keepAlive: true, proxyEnv: { ...proxies } },
    });
    return new OtlpExport(exporter, new SpanMaker(settings.names, api, resource), api);
  }

  send(events: readonly ProxyEvent[]): Promise<ExportResult> {
    this.rejected = 0;
    const spans = events.map((event) => this.spans.spanOf(event));
    return new Promise((resolve) => {
      this.exporter.export(spans, ({ error }) =>
        resolve({
          // The exporter gives an error with every failure.
          error,
          rejected: this.rejected,
        }),
      );
    });
  }

  close(): Promise<void> {
    return this.exporter.shutdown();
  }

  /** The exporter reports rejected spans to its log alone, as JSON in the second argument. */
  private watchPartialSuccess({ diag, DiagLogLevel }: OtelApi): void {
    const ignore = (): void => undefined;
    const warn = (_message: string, ...details: unknown[]): void => {
      for (const detail of details) this.rejected += rejectedIn(detail);
    };
    diag.setLogger(
      { error: ignore, warn, info: ignore, debug: ignore, verbose: ignore },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
  }
}

function rejectedIn(detail: unknown): number {
  const [, count] = /"rejectedSpans":"?(\d+)/.exec(typeof detail === 'string' ? detail : '') ?? [];
  return Number(count ?? 0);
}
