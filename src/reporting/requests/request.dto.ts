import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { EXAMPLE_IDS, fraction, integer } from '../../common/rest/api.docs.js';
import type { EventKind, EventUsage, ProxyEvent } from '../../events/event/proxy.event.js';
import { ROUTE_NAMES, type RouteName } from '../../openai/route.name.js';
import { FIGURES, USAGE_REASONS, type Work } from '../../openai/usage/usage.record.js';
import { EVENT_ENDS } from './request.query.js';

const duration = (description: string) =>
  ApiPropertyOptional({ ...fraction(), description: `${description}, in milliseconds` });
const bytes = (description: string) => ApiPropertyOptional({ ...integer(0), description });
const name = (description: string) => ApiPropertyOptional({ type: String, description });

const USAGE: ApiPropertyOptions = {
  type: 'object',
  description: 'Tokens by kind and their source; unknown figures are absent',
  required: ['source'],
  properties: {
    source: { type: 'string', enum: ['provider', 'estimated', 'none'] },
    reason: { type: 'string', enum: [...USAGE_REASONS] },
    ...Object.fromEntries(FIGURES.map((figure) => [figure, fraction()])),
  },
  additionalProperties: true,
};
/** A request in a list. What is unknown is absent. */
export class RequestView {
  @ApiProperty({ description: 'The id of the event', type: String })
  id!: string;
  @ApiPropertyOptional({ description: 'The place among all kept requests, for `before`', type: String })
  cursor?: string;
  @ApiProperty({ description: 'As in `X-Request-Id` and in the log', type: String })
  request_id!: string;
  @ApiProperty({
    description: '`work` has figures that came later, `crash` is a request whose server died',
    enum: ['request', 'work', 'crash'],
  })
  kind!: EventKind;
  @ApiProperty({ description: 'When the request began', type: String, format: 'date-time' })
  at!: string;
  @ApiPropertyOptional({ type: String, format: 'uuid', example: EXAMPLE_IDS.project })
  project_id?: string;
  @name('The name of the project, a deleted one too')
  project_name?: string;
  @ApiPropertyOptional({ type: String, format: 'uuid', example: EXAMPLE_IDS.token })
  token_id?: string;
  @name('The name of the token, or its display form')
  token_name?: string;
  @ApiProperty({ type: String, example: 'POST' })
  method!: string;
  @ApiProperty({ description: 'The endpoint', enum: ROUTE_NAMES })
  route!: RouteName;
  @ApiProperty({ description: 'Without the query', type: String, example: '/v1/chat/completions' })
  path!: string;
  @name('The model of the response, else of the request')
  model?: string;
  @ApiPropertyOptional({ ...integer(100, 599), description: 'The status that the client got' })
  status?: number;
  @ApiProperty({ description: 'What ended the request', enum: EVENT_ENDS })
  end!: ProxyEvent['end'];
  @name('The code of a refusal of this server')
  code?: string;
  @ApiProperty({ description: 'The response is an event stream', type: Boolean })
  stream!: boolean;
  @duration('From the first byte of the request to the last of the response')
  duration_ms?: number;
  @duration('To the first byte of the response')
  first_byte_ms?: number;
  @duration('What this server added')
  overhead_ms?: number;
  @bytes('Bytes of the request body')
  bytes_in?: number;
  @bytes('Bytes of the response body')
  bytes_out?: number;
  @ApiPropertyOptional(USAGE)
  usage?: EventUsage;
  @ApiPropertyOptional({
    ...integer(0),
    description: 'List price of the day, in micro-dollars, rounded; absent without a price',
  })
  cost_micro_usd?: number;
  @ApiProperty({ description: 'The name of the replica', type: String })
  replica!: string;
}

/** When the parts of a request were done, from its beginning. */
export class TimingsView {
  @duration('The request was admitted and queued for an upstream connection')
  admitted?: number;
  @duration('The upstream sent its headers')
  headers?: number;
  @duration('The first byte of the response was sent')
  first_byte?: number;
  @duration('The last byte of the response was sent')
  last_byte?: number;
}

/** What is kept of a body. Its bytes have a route of their own. */
export class BodyView {
  @ApiProperty({ ...integer(0), description: 'How many bytes are kept' })
  bytes!: number;
  @ApiProperty({ description: 'The body is longer, or broke off', type: Boolean })
  truncated!: boolean;
  @ApiProperty({
    description: 'Harmless headers, with lower-case names',
    type: 'object',
    additionalProperties: { type: 'string' },
  })
  headers!: Readonly<Record<string, string>>;
}

export class BodiesView {
  @ApiPropertyOptional({ type: BodyView })
  request?: BodyView;
  @ApiPropertyOptional({ type: BodyView })
  response?: BodyView;
}

/** A request with everything that is known of it. */
export class RequestDetailView extends RequestView {
  @name('The value of `X-Correlation-Id`')
  correlation_id?: string;
  @name('The value of `x-request-id` of the upstream')
  upstream_request_id?: string;
  @name('The id in the response, such as `chatcmpl-…`')
  response_id?: string;
  @name('The model that the request named')
  request_model?: string;
  @name('The service tier of the response')
  tier?: string;
  @ApiPropertyOptional({ description: 'The request was a WebSocket', type: Boolean })
  socket?: boolean;
  @ApiPropertyOptional({ ...integer(0), description: 'List price of the day, in nano-dollars' })
  cost_nano_usd?: number;
  @name('The date of the price')
  price_version?: string;
  @ApiPropertyOptional({
    description: 'Work that outlives the request',
    type: 'object',
    properties: {
      key: { type: 'string' },
      kind: { type: 'string', enum: ['response', 'batch', 'run', 'turn', 'job', 'video', 'eval_run'] },
      state: { type: 'string', enum: ['open', 'final'] },
    },
  })
  work?: Work;
  @ApiProperty({ type: TimingsView })
  timings_ms!: TimingsView;
  @ApiPropertyOptional({ description: 'Captured bodies that are still kept', type: BodiesView })
  bodies?: BodiesView;
}
