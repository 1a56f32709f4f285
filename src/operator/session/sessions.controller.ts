import { Controller, Delete, Get, HttpCode, Param, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fresh, isOfAnotherSession, Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { IdOf, ListOf, ManagementApi, Refuses } from '../../common/rest/api.docs.js';
import { Audited } from '../../common/rest/audited.js';
import { PageQuery, sendPage } from '../../common/rest/paging.js';
import { UuidPipe } from '../../common/rest/uuid.js';
import type { Actor } from '../../common/values/actor.js';
import { LastingSessions } from './lasting.sessions.js';
import { EndedSessions, ListedSession, OtherSessions } from './session.dto.js';
import { LISTED_SESSION } from './session.examples.js';
import { SessionService } from './session.service.js';

@ApiTags('session')
@ManagementApi()
@Controller('manage/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionService,
    private readonly lasting: LastingSessions,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'List sessions, the newest first',
    description: 'Those that have not ended: an admin sees all, another operator its own.',
  })
  @ListOf(ListedSession, [LISTED_SESSION])
  @Refuses(errors.fieldInvalid('page', 'must be 1 or more'))
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ListedSession[]> {
    return sendPage(await this.lasting.list(actor, query), query, request, reply);
  }

  @Delete()
  @Audited('admin.session_end')
  @Fresh()
  @Needs('read')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'endOtherSessions',
    summary: 'End all other sessions',
    description: 'Ends the sessions of the list at once on every replica, but for that of this call, if it has one.',
  })
  @ApiOkResponse({ description: 'How many have ended', type: EndedSessions, example: { ended_count: 2 } })
  @Refuses(errors.fieldInvalid('except', 'must be this'))
  async endOthers(@CurrentActor() actor: Actor, @Query() _others: OtherSessions): Promise<EndedSessions> {
    return { ended_count: await this.sessions.endOthers(actor) };
  }

  @Delete(':id')
  @Audited('admin.session_end')
  @Fresh(isOfAnotherSession)
  @Needs('read')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endSession',
    summary: 'End a session',
    description: 'In force at once on every replica. A second call does nothing and succeeds.',
  })
  @IdOf('session')
  @ApiNoContentResponse({ description: 'The session has ended' })
  @Refuses(errors.invalidId(), errors.sessionNotFound())
  async end(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.sessions.endOne(actor, id);
  }
}
