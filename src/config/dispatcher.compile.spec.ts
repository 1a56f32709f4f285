import { describe, expect, it } from 'vitest';
import { dispatcherOf } from './dispatcher.compile.js';
import { loadConfig } from './config.loader.js';
import { ConfigError } from './values/config.error.js';
import type { DispatcherConfig } from './values/dispatcher.config.js';
import type { Variables } from './values/variables.js';

const MANAGEMENT_TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const settings = (variables: Variables): DispatcherConfig =>
  loadConfig({ MANAGEMENT_TOKEN, ...variables }).config.dispatcher;

function problems(variables: Variables): readonly string[] {
  try {
    settings(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe(dispatcherOf.name, () => {
  it('has no sinks by default', () => {
    expect(settings({})).toEqual({
      services: [],
      batchSize: 100,
      format: 'native',
      file: undefined,
      webhook: undefined,
      otlp: undefined,
      lunary: undefined,
      helicone: undefined,
      proxies: {},
      stream: {
        key: 'llm-proxy-events',
        group: 'llm-proxy-dispatchers',
        consumer: undefined,
        claimMs: 30_000,
        batchSize: 100,
      },
    });
  });

  it('reads the settings of every sink', () => {
    const { services, file, webhook, otlp, lunary, helicone } = settings({
      DISPATCHER_SERVICES: 'file, webhook,otlp,lunary,helicone',
      SINK_FILE_PATH: 'events.jsonl',
      SINK_FILE_MAX_SIZE: '1MB',
      SINK_FILE_MAX_FILES: '3',
      SINK_WEBHOOK_URL: 'https://hooks.example.com/x',
      SINK_WEBHOOK_SECRET: SECRET,
      SINK_WEBHOOK_SECRET_PREVIOUS: SECRET.slice(6),
      SINK_LUNARY_API_KEY: 'lunary-key',
      SINK_HELICONE_API_KEY: 'helicone-key',
      SINK_HELICONE_ENDPOINT: 'https://api.us.helicone.ai',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://cloud.langfuse.com/api/public/otel/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20cGs6c2s=,x-langfuse-ingestion-version=4',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    expect(services).toEqual(['file', 'webhook', 'otlp', 'lunary', 'helicone']);
    expect(file).toEqual({ path: 'events.jsonl', maxBytes: 1_048_576, maxFiles: 3 });
    expect(webhook).toEqual({ url: 'https://hooks.example.com/x', secrets: [SECRET, SECRET.slice(6)] });
    expect(lunary).toEqual({ endpoint: 'https://api.lunary.ai', apiKey: 'lunary-key' });
    expect(helicone).toEqual({ endpoint: 'https://api.us.helicone.ai', apiKey: 'helicone-key' });
    expect(otlp).toEqual({
      url: 'https://cloud.langfuse.com/api/public/otel/v1/traces',
      headers: { authorization: 'Basic cGs6c2s=', 'x-langfuse-ingestion-version': '4' },
      timeoutMs: 10_000,
      isCompressed: true,
      names: '0.1.0',
    });
  });

  it.each<[string, string, keyof DispatcherConfig, object]>([
    ['file', '/var/log/events.jsonl', 'file', { path: '/var/log/events.jsonl' }],
    ['lunary', 'https://lunary.example.com/v1/runs/ingest', 'lunary', { apiKey: SECRET }],
    ['helicone', 'https://helicone.example.com', 'helicone', { endpoint: 'https://helicone.example.com' }],
    ['webhook', 'https://hooks.example.com', 'webhook', { url: 'https://hooks.example.com', secrets: [SECRET] }],
    ['otlp', 'http://collector:4318', 'otlp', { url: 'http://collector:4318/v1/traces' }],
  ])('takes the names of the Go system for %s alone', (service, endpoint, name, expected) => {
    const config = settings({
      DISPATCHER_SERVICE: service,
      DISPATCHER_ENDPOINT: endpoint,
      LLM_PROXY_API_KEY: SECRET,
    });
    expect(config[name]).toMatchObject(expected);
  });

  it('prefers the URL for traces', () => {
    const { otlp } = settings({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b/traces',
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=2',
    });
    expect(otlp).toMatchObject({ url: 'http://b/traces', headers: { b: '2' } });
  });

  it('follows the forward proxies of upstreams', () => {
    expect(settings({ UPSTREAM_PROXY: 'proxy:3128', NO_PROXY: 'collector' }).proxies).toEqual({
      HTTPS_PROXY: 'http://proxy:3128',
      HTTP_PROXY: 'http://proxy:3128',
      NO_PROXY: 'collector',
    });
    expect(settings({ UPSTREAM_PROXY: 'env', HTTPS_PROXY: 'http://proxy:3128' }).proxies).toEqual({
      HTTPS_PROXY: 'http://proxy:3128',
    });
    expect(settings({ UPSTREAM_PROXY: 'off', HTTPS_PROXY: 'http://proxy:3128' }).proxies).toEqual({});
  });

  it.each<[Variables, RegExp]>([
    [
      { DISPATCHER_SERVICES: 'file,kafka', SINK_FILE_PATH: 'x' },
      /^DISPATCHER_SERVICES must be a comma-separated list of file, webhook/,
    ],
    [{ DISPATCHER_SERVICES: 'file,file', SINK_FILE_PATH: 'x' }, /^DISPATCHER_SERVICES must not contain a sink twice$/],
    [{ DISPATCHER_SERVICES: 'file' }, /^SINK_FILE_PATH is required when DISPATCHER_SERVICES contains file$/],
    [{ DISPATCHER_SERVICES: 'otlp' }, /^OTEL_EXPORTER_OTLP_ENDPOINT is required/],
    [{ DISPATCHER_SERVICES: 'lunary' }, /^SINK_LUNARY_API_KEY is required/],
    [{ DISPATCHER_SERVICES: 'helicone' }, /^SINK_HELICONE_API_KEY is required/],
    [{ DISPATCHER_SERVICES: 'webhook', SINK_WEBHOOK_URL: 'http://h' }, /^SINK_WEBHOOK_SECRET is required/],
    [
      { DISPATCHER_SERVICE: 'lunary', LLM_PROXY_API_KEY: 'k', DISPATCHER_ENDPOINT: 'x' },
      /^DISPATCHER_ENDPOINT must be a/,
    ],
    [{ SINK_WEBHOOK_URL: 'ftp://user:hidden@h' }, /^SINK_WEBHOOK_URL must be a URL that begins with http/],
    [{ SINK_WEBHOOK_SECRET: 'whsec_hidden' }, /^SINK_WEBHOOK_SECRET must be whsec_ and 24 to 64 random bytes/],
    [{ SINK_WEBHOOK_SECRET_PREVIOUS: SECRET }, /^SINK_WEBHOOK_SECRET_PREVIOUS needs SINK_WEBHOOK_SECRET/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'hidden' }, /^OTEL_EXPORTER_OTLP_HEADERS must be a comma-separated list/],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=hidden%ff' }, /^OTEL_EXPORTER_OTLP_HEADERS has a percent escape/],
  ])('refuses %o with one line that shows no secret', (variables, line) => {
    expect(problems(variables)).toEqual([expect.stringMatching(line)]);
    expect(problems(variables).join()).not.toContain('hidden');
  });

  it('refuses the names of one sink for several', () => {
    const lines = problems({
      DISPATCHER_SERVICES: 'file,lunary',
      SINK_FILE_PATH: 'x',
      SINK_LUNARY_API_KEY: 'k',
      DISPATCHER_ENDPOINT: 'x',
      LLM_PROXY_API_KEY: 'k',
    });
    expect(lines).toContainEqual(expect.stringMatching(/^LLM_PROXY_API_KEY is for one sink, but there are 2/));
  });
});
