import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { Accepts, IdOf, ManagementApi, ofAnyBody, Refuses } from '../../common/rest/api.docs.js';
import { Unaudited } from '../../common/rest/audited.js';
import { UuidPipe } from '../../common/rest/uuid.js';
import type { Actor } from '../../common/values/actor.js';
import { TokenService } from '../../token/token.service.js';
import { CheckRequest, VerdictView } from './check.dto.js';
import { RuleCheck } from './rule.check.js';

const REFUSED: VerdictView = {
  allowed: false,
  code: 'model_not_allowed',
  message: 'The rules of the withering token do not allow the model "o5"; allowed: gpt-5.6*.',
  rule: 'allowed_models',
};

@ApiTags('tokens')
@ManagementApi()
@Controller('manage/tokens')
export class CheckController {
  constructor(
    private readonly tokens: TokenService,
    private readonly rules: RuleCheck,
  ) {}

  @Post(':id/check')
  @Unaudited()
  @Needs('read')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'checkToken',
    summary: 'Show what a request with a token would get',
    description:
      'By the rules that judge requests, in their order. Nothing is sent, nothing is counted. Headers that a provider ' +
      'requires are taken as given. Limits in time and the state of the upstream are not judged.',
  })
  @IdOf('token')
  @Accepts(CheckRequest, {
    model: { summary: 'A model', value: { method: 'POST', path: '/v1/responses', model: 'o5' } },
    address: { summary: 'An address', value: { method: 'GET', path: '/v1/models', ip: '192.0.2.7' } },
  })
  @ApiOkResponse({ description: 'The verdict', type: VerdictView, example: REFUSED })
  @Refuses(errors.fieldInvalid('path', 'must begin with a slash'), errors.invalidId(), ...ofAnyBody())
  @Refuses(errors.noSuchToken())
  async check(
    @CurrentActor() actor: Actor,
    @Param('id', UuidPipe) id: string,
    @Body() body: CheckRequest,
  ): Promise<VerdictView> {
    return this.rules.check(await this.tokens.visible(actor, id), body);
  }
}
