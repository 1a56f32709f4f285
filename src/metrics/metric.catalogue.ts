import type { Metric } from './metric.js';

const metric =
  (type: Metric['type'], across: Metric['across'] = 'sum') =>
  (name: string, help: string, ...labels: string[]): Metric => ({
    name: `llm_proxy_${name}`,
    type,
    help,
    labels,
    across,
  });

const counter = metric('counter');
const histogram = metric('histogram');
const gauge = metric('gauge');
const highest = metric('gauge', 'max');
const lowest = metric('gauge', 'min');

const OUTCOME = ['route', 'method', 'status_class', 'end'];

/** Metrics of requests, which this room counts itself. */
export const REQUEST_METRICS = {
  requests: counter('requests_total', 'Requests that ended, refused ones included.', ...OUTCOME),
  errors: counter('errors_total', 'Requests with a status of 400 or more, or an end other than ok.', ...OUTCOME),
  duration: histogram(
    'request_duration_seconds',
    'From the first byte of a request to the last of its response. WebSockets are left out.',
    'route',
    'stream',
  ),
  upstreamDuration: histogram(
    'upstream_duration_seconds',
    'From the first byte sent to the upstream to the end of the request. WebSockets are left out.',
    'route',
    'stream',
  ),
  firstByte: histogram(
    'first_byte_seconds',
    'From the first byte of a request to the head of the response of the upstream.',
    'route',
    'stream',
  ),
  overhead: histogram('overhead_seconds', 'What the proxy takes before a request waits for an upstream connection.'),
  bytesIn: counter('request_bytes_total', 'Bytes of request bodies under /v1.', 'route'),
  bytesOut: counter('response_bytes_total', 'Bytes of response bodies.', 'route'),
};

/** Metrics of the process, which this room reads at a scrape. */
export const SERVER_METRICS = {
  inFlight: gauge('requests_in_flight', 'Requests under /v1 that run, WebSockets included.'),
  streamsOpen: gauge('streams_open', 'Event streams that run.'),
  socketsOpen: gauge('sockets_open', 'WebSockets that are open.'),
  uptime: highest('uptime_seconds', 'Age of the oldest process of the server.'),
  buildInfo: highest('build_info', 'Always 1; the labels say what runs.', 'version', 'node'),
};

/** Metrics whose values other rooms give as samples. */
const SAMPLED_METRICS = [
  lowest('ready', '1 while the server takes requests, 0 once it stops.'),
  lowest('redis_up', '1 while Redis is in use. Absent without REDIS_URL.'),
  counter('store_statements_total', 'Statements that were sent to the database.'),
  counter('store_errors_total', 'Statements that the database refused or did not answer.'),
  highest('audit_file_lag_rows', 'Rows of the audit log that AUDIT_LOG_FILE does not have yet. Absent without it.'),
  counter('tokens_total', 'Tokens used.', 'model', 'kind', 'source'),
  counter('cost_usd_total', 'Cost at list prices, in US dollars.', 'model'),
  counter('usage_unknown_total', 'Requests whose usage is not known.', 'route', 'reason'),
  counter('events_total', 'Events that were appended to the store of events.', 'sink'),
  counter('events_dropped_total', 'Events that were given up before they were delivered.', 'sink'),
  counter('events_dead_total', 'Events that a sink refused for good.', 'sink'),
  highest('events_pending', 'Events that wait for a sink.', 'sink'),
  highest('events_oldest_pending_seconds', 'Age of the oldest event that waits for a sink.', 'sink'),
  counter('sink_deliveries_total', 'Attempts to deliver a batch of events.', 'sink', 'result'),
  histogram('sink_duration_seconds', 'Duration of an attempt to deliver a batch of events.', 'sink', 'result'),
];

/** Every metric of ours, in the order of the exposition. Process metrics of `prom-client` come behind them. */
export const CATALOGUE: readonly Metric[] = [
  ...Object.values(REQUEST_METRICS),
  ...Object.values(SERVER_METRICS),
  ...SAMPLED_METRICS,
];
