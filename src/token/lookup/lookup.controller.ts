import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { Unaudited } from '../../common/rest/audited.js';
import { Accepts, ManagementApi, ofAnyBody, Refuses } from '../../common/rest/api.docs.js';
import type { Actor } from '../../common/values/actor.js';
import { TokenViews } from '../status/token.views.js';
import { TOKEN } from '../token.examples.js';
import { TokenView } from '../token.view.js';
import { LookupToken } from './lookup.dto.js';
import { TokenFinder } from './token.finder.js';

@ApiTags('tokens')
@ManagementApi()
@Controller('manage/tokens/lookup')
export class LookupController {
  constructor(
    private readonly finder: TokenFinder,
    private readonly views: TokenViews,
  ) {}

  @Post()
  @Unaudited()
  @Needs('read')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'lookUpToken',
    summary: 'Find a token by its secret or display form',
    description:
      'The secret stands in the body, because a URL is written to logs. Nothing is changed and nothing is counted.',
  })
  @Accepts(LookupToken, { display: { summary: 'By the display form', value: { token: 'sk-wt-AbCd…wXyZ' } } })
  @ApiOkResponse({ description: 'The token', type: TokenView, example: TOKEN })
  @Refuses(
    errors.fieldInvalid('token', 'must be text'),
    ...ofAnyBody(),
    errors.noMatchingToken(),
    errors.tokenAmbiguous(),
  )
  async lookUp(@CurrentActor() actor: Actor, @Body() { token }: LookupToken): Promise<TokenView> {
    return this.views.one(await this.finder.find(actor, token));
  }
}
