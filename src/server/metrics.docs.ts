import type { OpenAPIObject } from '@nestjs/swagger';

type PathItem = OpenAPIObject['paths'][string];

const EXAMPLE = `# HELP llm_proxy_uptime_seconds Age of the oldest process of the server.
# TYPE llm_proxy_uptime_seconds gauge
llm_proxy_uptime_seconds 86400.5
`;

const COUNTS = {
  uptime_seconds: 86_400,
  request_count: 1024,
  error_count: 3,
  cache_hits: 0,
  cache_misses: 0,
  cache_bypass: 0,
  cache_stores: 0,
};

const text = { schema: { type: 'string' }, example: EXAMPLE };

const json = {
  schema: {
    type: 'object',
    required: Object.keys(COUNTS),
    properties: Object.fromEntries(
      Object.keys(COUNTS).map((name) => [name, { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }]),
    ),
  },
  example: COUNTS,
};

const route = (operationId: string, summary: string, content: object): PathItem =>
  ({
    get: {
      description:
        'For Prometheus and what reads its formats. Public, unless METRICS_TOKEN is set: then the request needs that token as its bearer credential.',
      operationId,
      parameters: [],
      responses: { '200': { description: 'The metrics', content } },
      security: [],
      summary,
      tags: ['health'],
    },
  }) as PathItem;

/** The routes of the metrics for the OpenAPI document. Nest does not know them, because their path is a variable. */
export function metricsDocs([path, alias]: readonly string[]): OpenAPIObject['paths'] {
  if (path === undefined || alias === undefined) return {};
  const texts = { 'text/plain': text, 'application/openmetrics-text': text };
  return {
    [path]: route('getMetrics', 'Get the metrics', { ...texts, 'application/json': json }),
    [alias]: route('getPrometheusMetrics', 'Get the metrics as text', texts),
  };
}
