import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Fresh, hasMany, Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { CONFIRMED_HEADERS, MayWaitForReplicas } from '../../changes/wait.interceptor.js';
import { Audited } from '../../common/rest/audited.js';
import { Accepts, EXAMPLE_IDS, ManagementApi, ofAnyBody, Refuses } from '../../common/rest/api.docs.js';
import { errors } from '../../common/errors/errors.js';
import type { Actor } from '../../common/values/actor.js';
import { MAX_REVOKED } from '../../common/values/limits.js';
import { RevokedByIds, RevokeTokens } from './revoke.dto.js';
import { RevokeService } from './revoke.service.js';

@ApiTags('tokens')
@ManagementApi()
@Controller('manage/tokens/revoke')
export class RevokeController {
  constructor(private readonly tokens: RevokeService) {}

  @Post()
  @Audited('token.revoke')
  @Fresh(hasMany('ids'))
  @Needs('tokens')
  @MayWaitForReplicas()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'revokeTokens',
    summary: 'Revoke tokens by their ids',
    description: 'Revokes all of them in one transaction. An unknown id is reported and does not stop the others.',
  })
  @Accepts(RevokeTokens, { one: { summary: 'One token', value: { ids: [EXAMPLE_IDS.token] } } })
  @ApiOkResponse({
    description: 'The number of tokens',
    type: RevokedByIds,
    example: { revoked_count: 1, already_revoked_count: 0, not_found: [] },
    headers: CONFIRMED_HEADERS,
  })
  @Refuses(errors.fieldInvalid('ids', `must be a list of 1 to ${MAX_REVOKED} ids`), ...ofAnyBody())
  async revoke(@CurrentActor() actor: Actor, @Body() { ids }: RevokeTokens): Promise<RevokedByIds> {
    return this.tokens.revoke(actor, ids);
  }
}
