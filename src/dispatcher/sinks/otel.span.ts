import { createHash } from 'node:crypto';
import type { SpanContext } from '@opentelemetry/api';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { GenAiNames } from '../../config/values/dispatcher.config.js';
import type { ProxyEvent } from '../../events/event/proxy.event.js';
import { VERSION } from '../../common/values/package.js';
import { failureOf } from './event.content.js';
import { hasFailed, timesOf } from './event.lines.js';
import { attributesOf, operationOf } from './otel.attributes.js';

export type Span = Parameters<OTLPTraceExporter['export']>[0][number];
type HrTime = [number, number];
/** The module, which is loaded where the sink is configured. */
export type OtelApi = typeof import('@opentelemetry/api');

const SCOPE = { name: 'llm-proxy', version: VERSION };
/** `traceparent` of W3C Trace Context, version 00. */
const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** Makes spans of the events of one process. */
export class SpanMaker {
  constructor(
    private readonly names: GenAiNames,
    private readonly api: OtelApi,
    private readonly resource: Span['resource'],
  ) {}

  /** One complete span. Its ids come from the event's, so that a repeated delivery gives the same span. */
  spanOf(event: ProxyEvent): Span {
    const { startMs, endMs } = timesOf(event);
    const { SpanKind, SpanStatusCode } = this.api;
    const { context, parent } = this.contextsOf(event);
    const model = event.request_model ?? event.model;
    return {
      name: model === undefined ? operationOf(event) : `${operationOf(event)} ${model}`,
      kind: SpanKind.CLIENT,
      spanContext: () => context,
      ...(parent && { parentSpanContext: parent }),
      startTime: hrTime(startMs),
      endTime: hrTime(endMs),
      duration: hrTime(endMs - startMs),
      ended: true,
      status: hasFailed(event)
        ? { code: SpanStatusCode.ERROR, message: failureOf(event) }
        : { code: SpanStatusCode.UNSET },
      attributes: attributesOf(event, this.names),
      links: [],
      events: [],
      resource: this.resource,
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  }

  private contextsOf({ id, traceparent = '' }: ProxyEvent): { context: SpanContext; parent: SpanContext | undefined } {
    const hash = createHash('sha256').update(id).digest('hex');
    const [, traceId, spanId] = TRACE_PARENT.exec(traceparent) ?? [];
    const own = { spanId: hash.slice(32, 48), traceFlags: this.api.TraceFlags.SAMPLED };
    if (traceId === undefined || spanId === undefined)
      return { context: { ...own, traceId: hash.slice(0, 32) }, parent: undefined };
    return { context: { ...own, traceId }, parent: { ...own, traceId, spanId, isRemote: true } };
  }
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}
