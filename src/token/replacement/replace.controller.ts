import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { CONFIRMED_HEADERS, MayWaitForReplicas } from '../../changes/wait.interceptor.js';
import { errors } from '../../common/errors/errors.js';
import { Audited } from '../../common/rest/audited.js';
import { Accepts, EXAMPLE_IDS, IdOf, ManagementApi, ofAnyBody, Refuses } from '../../common/rest/api.docs.js';
import { UuidPipe } from '../../common/rest/uuid.js';
import type { Actor } from '../../common/values/actor.js';
import { TokenViews } from '../status/token.views.js';
import { CreatedToken } from '../token.view.js';
import { ReplaceToken } from './replace.dto.js';
import { REPLACE_TOKEN, REPLACEMENT } from './replace.examples.js';
import { ReplaceService } from './replace.service.js';

@ApiTags('tokens')
@ManagementApi()
@Controller('manage')
export class ReplaceController {
  constructor(
    private readonly replacement: ReplaceService,
    private readonly views: TokenViews,
  ) {}

  @Post('tokens/:id/replace')
  @Audited('token.replace')
  @Needs('tokens')
  @MayWaitForReplicas()
  @ApiOperation({
    operationId: 'replaceToken',
    summary: 'Replace a token by a new one',
    description:
      'The new token has the project, name, limits, scope, labels, owner and note of the old one. The old one lives on for the ' +
      'overlap and ends then, with its streams. The requests of both count against one cap. Only this response contains the ' +
      'new secret, in `token`.',
  })
  @IdOf('token')
  @Accepts(ReplaceToken, REPLACE_TOKEN)
  @ApiCreatedResponse({
    description: 'The new token with its secret',
    type: CreatedToken,
    example: REPLACEMENT,
    headers: CONFIRMED_HEADERS,
  })
  @Refuses(
    errors.fieldInvalid('overlap_minutes', 'must be a whole number'),
    errors.invalidId(),
    ...ofAnyBody(),
    errors.projectInactive(),
    errors.limitAboveProject('duration_minutes', '43200 minutes from now'),
    errors.noSuchToken(),
    errors.tokenReplaced(EXAMPLE_IDS.token),
    errors.tokenEnded(),
  )
  async replace(
    @CurrentActor() actor: Actor,
    @Param('id', UuidPipe) id: string,
    @Body() body: ReplaceToken,
  ): Promise<CreatedToken> {
    const { token, secret } = await this.replacement.replace(actor, id, body);
    return { ...this.views.created(token), token: secret };
  }
}
