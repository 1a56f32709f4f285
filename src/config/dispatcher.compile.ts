import { parseBytes } from '../common/values/bytes.js';
import { durationMs } from '../common/values/duration.js';
import type { DispatcherConfig, EventsFormat, GenAiNames, SinkProxies } from './values/dispatcher.config.js';
import { servicesOf, singleSink } from './environment/sink.problems.js';
import type { SinkVariables } from './environment/sink.variables.js';
import { headerPairs } from './values/sink.validators.js';

/** The settings of valid variables. A sink without its settings is absent, whether it is among the services or not. */
export const dispatcherOf = (env: SinkVariables, proxies: SinkProxies): DispatcherConfig => ({
  services: servicesOf(env),
  batchSize: Number(env.DISPATCHER_BATCH_SIZE),
  format: env.EVENTS_FORMAT as EventsFormat,
  file: fileOf(env),
  webhook: webhookOf(env),
  otlp: otlpOf(env),
  lunary: lunaryOf(env),
  helicone: heliconeOf(env),
  proxies,
  stream: streamOf(env),
});

function fileOf(env: SinkVariables): DispatcherConfig['file'] {
  const path = env.SINK_FILE_PATH ?? singleSink(env, 'file').endpoint;
  if (path === undefined) return undefined;
  return { path, maxBytes: parseBytes(env.SINK_FILE_MAX_SIZE) ?? 0, maxFiles: Number(env.SINK_FILE_MAX_FILES) };
}

function webhookOf(env: SinkVariables): DispatcherConfig['webhook'] {
  const { endpoint, apiKey } = singleSink(env, 'webhook');
  const url = env.SINK_WEBHOOK_URL ?? endpoint;
  const secret = env.SINK_WEBHOOK_SECRET ?? apiKey;
  if (url === undefined || secret === undefined) return undefined;
  const previous = env.SINK_WEBHOOK_SECRET_PREVIOUS;
  return { url, secrets: previous === undefined ? [secret] : [secret, previous] };
}

function otlpOf(env: SinkVariables): DispatcherConfig['otlp'] {
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT ?? singleSink(env, 'otlp').endpoint;
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && tracesUrl(base));
  if (url === undefined) return undefined;
  return {
    url,
    headers: headerPairs(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS ?? env.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    timeoutMs: Number(env.OTEL_EXPORTER_OTLP_TIMEOUT),
    isCompressed: env.OTEL_EXPORTER_OTLP_COMPRESSION === 'gzip',
    names: env.OTEL_GENAI_SEMCONV as GenAiNames,
  };
}

/** OpenTelemetry, "Endpoint URLs for OTLP/HTTP": the path is added to the base. */
function tracesUrl(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url.href;
}

function lunaryOf(env: SinkVariables): DispatcherConfig['lunary'] {
  const { endpoint = env.SINK_LUNARY_ENDPOINT, apiKey } = singleSink(env, 'lunary');
  const key = env.SINK_LUNARY_API_KEY ?? apiKey;
  return key === undefined ? undefined : { endpoint, apiKey: key };
}

function heliconeOf(env: SinkVariables): DispatcherConfig['helicone'] {
  const { endpoint = env.SINK_HELICONE_ENDPOINT, apiKey } = singleSink(env, 'helicone');
  const key = env.SINK_HELICONE_API_KEY ?? apiKey;
  return key === undefined ? undefined : { endpoint, apiKey: key };
}

const streamOf = (env: SinkVariables): DispatcherConfig['stream'] => ({
  key: env.REDIS_STREAM_KEY,
  group: env.REDIS_CONSUMER_GROUP,
  consumer: env.REDIS_CONSUMER_NAME,
  claimMs: durationMs(env.REDIS_STREAM_CLAIM_TIME),
  batchSize: Number(env.REDIS_STREAM_BATCH_SIZE),
});
