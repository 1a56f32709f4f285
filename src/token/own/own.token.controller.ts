import { applyDecorators, Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ForWitheringTokens } from '../../auth/access.decorator.js';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { WITHERING_SCHEME } from '../../common/rest/api.docs.js';
import { exchangeOf } from '../../http/exchange.js';
import { openAiErrorBody } from '../../openai/error.shape.js';
import { TokenViews } from '../status/token.views.js';
import { TokenLookup } from '../token.lookup.js';
import { OwnTokenGuard } from './own.token.guard.js';
import { MAX_PER_MINUTE } from './own.token.limit.js';
import { OpenAiErrorView, OWN_TOKEN, OwnTokenView, ownTokenView } from './own.token.view.js';

const refuses = (...refusals: ApiError[]): MethodDecorator =>
  applyDecorators(
    ...refusals.map((error) =>
      ApiResponse({
        status: error.status,
        description: `\`${error.code}\`: ${error.message}`,
        type: OpenAiErrorView,
        example: openAiErrorBody(error),
      }),
    ),
  );

/** An app asks for its own token. */
@ApiTags('tokens')
@ForWitheringTokens()
@UseGuards(OwnTokenGuard)
@Controller()
export class OwnTokenController {
  constructor(
    private readonly lookup: TokenLookup,
    private readonly views: TokenViews,
  ) {}

  @Get('token')
  @ApiBearerAuth(WITHERING_SCHEME)
  @ApiOperation({
    operationId: 'getOwnToken',
    summary: 'Show the token of the caller',
    description: `For apps, with their withering token. Counts no request, and shows a token that has ended too. At most ${MAX_PER_MINUTE} calls a minute.`,
  })
  @ApiOkResponse({ description: 'The token', type: OwnTokenView, example: OWN_TOKEN })
  @refuses(
    errors.tokenUnknown(),
    errors.ipNotAllowed('192.0.2.7'),
    errors.rateLimitExceeded({ of: 'GET /token', retryAfterMs: 1000 }),
    errors.storeUnavailable(),
  )
  async own(@Req() { raw }: FastifyRequest): Promise<OwnTokenView> {
    const token = await this.lookup.findById(exchangeOf(raw).tokenId!);
    if (!token) throw errors.tokenUnknown();
    return ownTokenView(await this.views.one(token));
  }
}
