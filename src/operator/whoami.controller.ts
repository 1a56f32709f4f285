import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../auth/access.decorator.js';
import { CurrentActor } from '../auth/actor.js';
import { ManagementApi } from '../common/rest/api.docs.js';
import type { Actor } from '../common/values/actor.js';
import { ME } from './operator.examples.js';
import { whoAmI, WhoAmI } from './operator.view.js';

@ApiTags('operators')
@ManagementApi()
@Controller('manage/whoami')
export class WhoAmIController {
  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'whoAmI',
    summary: 'Show whose credential this is',
    description: 'The role and the projects of the credential of this call.',
  })
  @ApiOkResponse({ description: 'The holder of the credential', type: WhoAmI, example: ME })
  get(@CurrentActor() actor: Actor): WhoAmI {
    return whoAmI(actor);
  }
}
