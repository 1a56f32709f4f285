import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fresh, Needs } from '../auth/access.decorator.js';
import { CurrentActor } from '../auth/actor.js';
import type { Actor } from '../common/values/actor.js';
import { errors } from '../common/errors/errors.js';
import { Audited } from '../common/rest/audited.js';
import { Accepts, IdOf, ListOf, ManagementApi, ofAnyBody, Refuses } from '../common/rest/api.docs.js';
import { sendPage } from '../common/rest/paging.js';
import { UuidPipe } from '../common/rest/uuid.js';
import { CONFIRMED_HEADERS, MayWaitForReplicas } from '../changes/wait.interceptor.js';
import { TokenLists } from './listing/token.lists.js';
import { TokenQuery } from './listing/token.query.js';
import { TokenViews } from './status/token.views.js';
import { CreateToken, UpdateToken } from './token.dto.js';
import { CREATE_TOKEN, NEW_TOKEN, REVOKED_TOKEN, REVOKED_TOKENS, TOKEN, UPDATE_TOKEN } from './token.examples.js';
import { TokenService } from './token.service.js';
import { CreatedToken, RevokedTokens, TokenView } from './token.view.js';

/** `POST manage/tokens/:id/check` is in `proxy/admission`: it asks the rules that judge requests. */
@ApiTags('tokens')
@ManagementApi()
@Controller('manage')
export class TokenController {
  constructor(
    private readonly tokens: TokenService,
    private readonly lists: TokenLists,
    private readonly views: TokenViews,
  ) {}

  @Get('tokens')
  @Needs('read')
  @ApiOperation({
    operationId: 'listTokens',
    summary: 'List tokens, newest first',
    description:
      'Filters narrow each other. The `X-Total-Count` header has the number of all tokens that they leave; from 10,000 on ' +
      'it may be five seconds old. A paged list has a `Link` header.',
  })
  @ListOf(TokenView, [TOKEN])
  @Refuses(errors.fieldInvalid('projectId', 'must be a UUID'), errors.secretInUrl())
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: TokenQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenView[]> {
    const page = await this.lists.page(actor, query);
    return this.views.all(sendPage(page, query, request, reply), page.nowMs);
  }

  @Post('tokens')
  @Audited('token.create')
  @Needs('tokens')
  @ApiOperation({
    operationId: 'createToken',
    summary: 'Create a withering token',
    description: 'Only this response contains the secret, in `token`. Every other response contains its display form.',
  })
  @Accepts(CreateToken, CREATE_TOKEN)
  @ApiCreatedResponse({ description: 'The new token with its secret', type: CreatedToken, example: NEW_TOKEN })
  @Refuses(
    errors.fieldInvalid('project_id', 'must be a UUID'),
    ...ofAnyBody(),
    errors.projectInactive(),
    errors.limitAboveProject('max_requests', 1000),
    errors.roleNotAllowed(),
    errors.projectNotFound(),
  )
  async create(@CurrentActor() actor: Actor, @Body() body: CreateToken): Promise<CreatedToken> {
    const { token, secret } = await this.tokens.create(actor, body);
    return { ...this.views.created(token), token: secret };
  }

  @Get('tokens/:id')
  @Needs('read')
  @ApiOperation({
    operationId: 'getToken',
    summary: 'Show a token',
    description: 'Also shows a token that has expired or is revoked.',
  })
  @IdOf('token')
  @ApiOkResponse({ description: 'The token', type: TokenView, example: TOKEN })
  @Refuses(errors.invalidId(), errors.noSuchToken())
  async get(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<TokenView> {
    return this.views.one(await this.tokens.visible(actor, id));
  }

  @Patch('tokens/:id')
  @Audited('token.update')
  @Needs('tokens')
  @MayWaitForReplicas()
  @ApiOperation({
    operationId: 'updateToken',
    summary: 'Change a token',
    description: 'Changes only the fields that the request contains. The change is in force from the next request on.',
  })
  @IdOf('token')
  @Accepts(UpdateToken, UPDATE_TOKEN)
  @ApiOkResponse({
    description: 'The changed token',
    type: TokenView,
    example: REVOKED_TOKEN,
    headers: CONFIRMED_HEADERS,
  })
  @Refuses(
    errors.fieldInvalid('is_active', 'must be true or false'),
    errors.noFields(),
    errors.invalidId(),
    ...ofAnyBody(),
  )
  @Refuses(errors.noSuchToken(), errors.limitAboveProject('max_requests', 1000))
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', UuidPipe) id: string,
    @Body() body: UpdateToken,
  ): Promise<TokenView> {
    return this.views.one(await this.tokens.update(actor, id, body));
  }

  @Delete('tokens/:id')
  @Audited('token.revoke')
  @Needs('tokens')
  @MayWaitForReplicas()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeToken',
    summary: 'Revoke a token',
    description: 'The revocation is in force at once. A second call does nothing and succeeds.',
  })
  @IdOf('token')
  @ApiNoContentResponse({ description: 'The token is revoked', headers: CONFIRMED_HEADERS })
  @Refuses(errors.invalidId(), errors.noSuchToken())
  async revoke(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.tokens.revoke(actor, id);
  }

  @Post('projects/:id/tokens/revoke')
  @Fresh()
  @Audited('project.revoke_tokens')
  @Needs('tokens')
  @MayWaitForReplicas()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'revokeProjectTokens',
    summary: 'Revoke every token of a project',
    description: 'Revokes all of them in one transaction.',
  })
  @IdOf('project')
  @ApiOkResponse({
    description: 'The number of tokens',
    type: RevokedTokens,
    example: REVOKED_TOKENS,
    headers: CONFIRMED_HEADERS,
  })
  @Refuses(errors.invalidId(), errors.projectNotFound())
  async revokeAll(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<RevokedTokens> {
    return this.tokens.revokeAll(actor, id);
  }
}
