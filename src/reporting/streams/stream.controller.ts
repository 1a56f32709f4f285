import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { Accepts, IdOf, ManagementApi, ofAnyBody, Refuses } from '../../common/rest/api.docs.js';
import { Audited } from '../../common/rest/audited.js';
import { UuidPipe } from '../../common/rest/uuid.js';
import type { Actor } from '../../common/values/actor.js';
import { EndedStream, EndedStreams, EndStreams, StreamListView, StreamQuery } from './stream.dto.js';
import { END_STREAMS, STREAMS } from './stream.examples.js';
import { StreamService } from './stream.service.js';

const HOW_IT_ENDS =
  'Before its response has begun, a request is refused with 403 `ended_by_operator`; an event stream ends with one ' +
  '`error` event, a WebSocket with close code 1008, any other response breaks off. The token stays usable.';

@ApiTags('streams')
@ManagementApi()
@Controller('manage/streams')
export class StreamController {
  constructor(private readonly streams: StreamService) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'listStreams',
    summary: 'List the requests that run now',
    description:
      'On all replicas, the newest first: event streams, WebSockets and any other request with a token. `silent` names ' +
      'the replicas that did not answer.',
  })
  @ApiOkResponse({ description: 'What runs now', type: StreamListView, example: STREAMS })
  @Refuses(errors.fieldInvalid('token_id', 'must be a UUID'))
  async list(@CurrentActor() actor: Actor, @Query() query: StreamQuery): Promise<StreamListView> {
    return this.streams.list(actor, query);
  }

  @Post('end')
  @Audited('stream.end')
  @Needs('tokens')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'endStreams',
    summary: 'End all running requests of a token or a project',
    description: `Takes one of both ids. ${HOW_IT_ENDS}`,
  })
  @Accepts(EndStreams, END_STREAMS)
  @ApiOkResponse({ description: 'How many have ended', type: EndedStreams, example: { ended_count: 3, silent: [] } })
  @Refuses(errors.fieldInvalid('token_id', 'is required, or project_id'), ...ofAnyBody())
  @Refuses(errors.noSuchToken(), errors.projectNotFound())
  async endAll(@CurrentActor() actor: Actor, @Body() body: EndStreams): Promise<EndedStreams> {
    return this.streams.endAll(actor, body);
  }

  @Post(':id/end')
  @Audited('stream.end')
  @Needs('tokens')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'endStream',
    summary: 'End a running request',
    description:
      `${HOW_IT_ENDS} Of several calls at once one ends it. Another that found it running gets \`ended: false\`, and on the ` +
      'same replica its row in the audit log has `repeated: true`; one that no longer finds it gets 404.',
  })
  @IdOf('stream')
  @ApiOkResponse({ description: 'Whether this call has ended it', type: EndedStream, example: { ended: true } })
  @Refuses(errors.invalidId(), errors.streamNotFound())
  @Refuses(
    errors.storeUnavailable(),
    errors.draining(),
    errors.auditUnavailable(),
    errors.replicasSilent(['proxy-2/17']),
  )
  async end(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<EndedStream> {
    return this.streams.endOne(actor, id);
  }
}
