import { Controller, Get, Headers, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { AuditTrail } from '../../changes/audit.trail.js';
import type { Actor } from '../../common/values/actor.js';
import { errors } from '../../common/errors/errors.js';
import { Audited } from '../../common/rest/audited.js';
import { ManagementApi, Refuses } from '../../common/rest/api.docs.js';
import { exchangeOf } from '../../http/exchange.js';
import { KeptRequests } from './kept.requests.js';
import { LiveRequests, MAX_VIEWERS } from './live.requests.js';
import { RequestDetailView, RequestView } from './request.dto.js';
import { LIVE_STREAM, REQUEST, REQUEST_DETAIL } from './request.examples.js';
import { CURSOR, filterOf, RequestFilters, RequestQuery } from './request.query.js';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // nginx buffers a response without it.
  'x-accel-buffering': 'no',
};

const ID = {
  name: 'id',
  description: 'The id of the event or of the request',
  type: String,
  example: REQUEST_DETAIL.id,
} as const;
const BODY =
  'The bytes that were captured, with their content coding. Bodies are kept for `EVENTS_BODIES_KEEP`. ' +
  '404 `body_not_found` when this one is not.';
const BYTES = {
  description: 'The bytes, as an attachment',
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
} as const;

@ApiTags('requests')
@ManagementApi()
@Controller('manage/requests')
export class RequestController {
  constructor(
    private readonly requests: KeptRequests,
    private readonly live: LiveRequests,
    private readonly trail: AuditTrail,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'listRequests',
    summary: 'List requests, newest first',
    description:
      'Requests of the last 24 hours, or as long as `EVENTS_KEEP` says. A page may have fewer entries than asked for, or ' +
      'none, and a `Link` to the next one: a search looks at a bounded number of requests.',
  })
  @ApiOkResponse({
    description: 'One page of the list',
    type: [RequestView],
    example: [REQUEST],
    headers: { Link: { description: 'Link to the next page, when there may be one', schema: { type: 'string' } } },
  })
  @Refuses(errors.fieldInvalid('end', 'must be ok, client'), errors.observabilityDisabled())
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: RequestQuery,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestView[]> {
    const { entries, next } = await this.requests.page(actor, query);
    if (next !== undefined) void reply.header('link', nextLink(url, next));
    return entries;
  }

  @Get('live')
  @Needs('read')
  @ApiOperation({
    operationId: 'followRequests',
    summary: 'Follow requests as they end',
    description:
      'An event stream. `request` has a request as in the list; `skipped` says how many requests were left out, ' +
      'because there were too many or the client reads too slowly; `bye` comes before the server ends the stream. ' +
      `A replica serves ${MAX_VIEWERS} clients at a time.`,
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    description: 'The stream goes on after the event with this id',
    required: false,
    schema: { type: 'string' },
  })
  @ApiOkResponse({
    description: 'The stream',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: LIVE_STREAM } },
  })
  @Refuses(errors.fieldInvalid('end', 'must be ok, client'), errors.observabilityDisabled())
  @Refuses(errors.storeUnavailable(), errors.draining(), errors.tooManyViewers())
  async follow(
    @CurrentActor() actor: Actor,
    @Query() query: RequestFilters,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() { raw }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const headers = { ...(reply.getHeaders() as Record<string, string>), ...STREAM_HEADERS };
    if (raw.method === 'HEAD') return void reply.headers(headers).send();
    const since = lastEventId !== undefined && CURSOR.test(lastEventId) ? { since: lastEventId } : {};
    await this.live.follow({ exchange: exchangeOf(raw), headers, filter: filterOf(actor, query), ...since });
    reply.hijack();
  }

  @Get(':id')
  @Needs('read')
  @ApiOperation({
    operationId: 'getRequest',
    summary: 'Show a request',
    description:
      'Takes the `id` of a request in the list, or its `request_id`. `bodies` is set when bodies are captured.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ description: 'The request', type: RequestDetailView, example: REQUEST_DETAIL })
  @Refuses(errors.requestNotFound(), errors.observabilityDisabled())
  async get(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<RequestDetailView> {
    return this.requests.get(actor, id);
  }

  @Get(':id/body/request')
  @Audited('request.body.read')
  @Needs('admin')
  @ApiOperation({
    operationId: 'getRequestBody',
    summary: 'Download the captured body of a request',
    description: BODY,
  })
  @ApiParam(ID)
  @ApiOkResponse(BYTES)
  @Refuses(errors.requestNotFound(), errors.observabilityDisabled())
  async requestBody(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<StreamableFile> {
    return this.download(actor, id, 'request');
  }

  @Get(':id/body/response')
  @Audited('request.body.read')
  @Needs('admin')
  @ApiOperation({
    operationId: 'getResponseBody',
    summary: 'Download the captured body of a response',
    description: BODY,
  })
  @ApiParam(ID)
  @ApiOkResponse(BYTES)
  @Refuses(errors.requestNotFound(), errors.observabilityDisabled())
  async responseBody(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<StreamableFile> {
    return this.download(actor, id, 'response');
  }

  /** The bytes leave once the audit log says who read them. A browser saves them, whatever is in them. */
  private async download(actor: Actor, id: string, side: 'request' | 'response'): Promise<StreamableFile> {
    const { bytes, fileName, event } = await this.requests.body(actor, id, side);
    await this.trail.write({
      action: 'request.body.read',
      actor,
      call: actor.call,
      outcome: 'success',
      ...(event.project_id !== undefined && { projectId: event.project_id }),
      ...(event.token_id !== undefined && { tokenId: event.token_id }),
      metadata: { request_id: event.request_id, side, bytes: bytes.length },
    });
    return new StreamableFile(bytes, {
      type: 'application/octet-stream',
      disposition: `attachment; filename="${fileName}"`,
      length: bytes.length,
    });
  }
}

/** RFC 8288: the same query from `before` on. */
function nextLink(target: string, before: string): string {
  const url = new URL(target, 'http://localhost');
  url.searchParams.set('before', before);
  return `<${url.pathname}${url.search}>; rel="next"`;
}
