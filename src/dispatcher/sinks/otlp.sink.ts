import type { OtlpSettings, SinkProxies } from '../../config/values/dispatcher.config.js';
import { eventsOf } from './event.lines.js';
import { EventSink, type Outcome, type SinkBatch, TAKEN } from './event.sink.js';
import { faultOf, outcomeOf, retry } from './http.outcome.js';
import { OtlpExport } from './otlp.export.js';

/** Sends each event as a span over OTLP/HTTP. A yes is 2xx without rejected spans. */
export class OtlpSink extends EventSink {
  readonly name = 'otlp';
  readonly takesNotices = false;
  readonly limits = { lines: 64, bytes: 1024 * 1024 };
  private exporting: Promise<OtlpExport> | undefined;

  constructor(
    private readonly settings: OtlpSettings,
    private readonly proxies: SinkProxies = {},
  ) {
    super();
  }

  async send({ lines }: SinkBatch): Promise<Outcome> {
    const events = eventsOf(lines);
    if (!Array.isArray(events)) return events;
    if (events.length === 0) return TAKEN;
    this.exporting ??= OtlpExport.load(this.settings, this.proxies);
    const exporting = await this.exporting;
    const { error, rejected } = await exporting.send(events);
    if (error !== undefined) return outcomeOfError(error);
    return rejected > 0 ? { kind: 'refused', reason: 'rejected by the collector' } : TAKEN;
  }

  async close(): Promise<void> {
    await (await this.exporting)?.close();
  }
}

/** The exporter's errors have the HTTP status as their code. */
function outcomeOfError(error: Error): Outcome {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? outcomeOf(code) : retry(faultOf(error));
}
