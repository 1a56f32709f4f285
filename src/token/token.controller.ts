import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, CurrentActor } from '../auth/actor.js';
import { ListOf, ManagementApi, Refuses } from '../common/rest/api.docs.js';
import { sendPage } from '../common/rest/paging.js';
import { UuidPipe } from '../common/rest/uuid.js';
import { CONFIRMED_HEADERS, MayWaitForReplicas } from '../changes/wait.interceptor.js';
import {
  CreatedToken,
  CreateToken,
  RevokedTokens,
  TokenQuery,
  TokenView,
  tokenView,
  UpdateToken,
} from './token.dto.js';
import { TokenService } from './token.service.js';

@ApiTags('tokens')
@ManagementApi()
@Controller('manage')
export class TokenController {
  constructor(private readonly tokens: TokenService) {}

  @Get('tokens')
  @ApiOperation({ summary: 'List tokens, newest first', description: '`X-Total-Count` always; `Link` when paged.' })
  @ListOf(TokenView)
  @Refuses(400)
  async list(
    @Query() query: TokenQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenView[]> {
    return sendPage(await this.tokens.list(query), query, request, reply).map(tokenView);
  }

  @Post('tokens')
  @ApiOperation({ summary: 'Create a withering token', description: 'The only answer that ever holds the secret.' })
  @ApiCreatedResponse({ type: CreatedToken })
  @Refuses(400, 403, 404, 413, 415)
  async create(@CurrentActor() actor: Actor, @Body() body: CreateToken): Promise<CreatedToken> {
    const { token, secret } = await this.tokens.create(actor, body);
    return { ...tokenView(token), token: secret };
  }

  @Get('tokens/:id')
  @ApiOperation({ summary: 'Show a token' })
  @ApiOkResponse({ type: TokenView })
  @Refuses(400, 404)
  async get(@Param('id', UuidPipe) id: string): Promise<TokenView> {
    return tokenView(await this.tokens.get(id));
  }

  @Patch('tokens/:id')
  @MayWaitForReplicas()
  @ApiOperation({ summary: 'Change a token', description: 'In force from the next request on.' })
  @ApiOkResponse({ type: TokenView, headers: CONFIRMED_HEADERS })
  @Refuses(400, 404, 413, 415)
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', UuidPipe) id: string,
    @Body() body: UpdateToken,
  ): Promise<TokenView> {
    return tokenView(await this.tokens.update(actor, id, body));
  }

  @Delete('tokens/:id')
  @MayWaitForReplicas()
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a token', description: 'In force at once. Idempotent.' })
  @ApiNoContentResponse({ headers: CONFIRMED_HEADERS })
  @Refuses(400, 404)
  async revoke(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.tokens.revoke(actor, id);
  }

  @Post('projects/:id/tokens/revoke')
  @MayWaitForReplicas()
  @HttpCode(200)
  @ApiOperation({ summary: 'Revoke every token of a project', description: 'In one transaction.' })
  @ApiOkResponse({ type: RevokedTokens, headers: CONFIRMED_HEADERS })
  @Refuses(400, 404)
  async revokeAll(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<RevokedTokens> {
    return this.tokens.revokeAll(actor, id);
  }
}
