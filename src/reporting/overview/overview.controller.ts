import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { ManagementApi, Refuses } from '../../common/rest/api.docs.js';
import type { Actor } from '../../common/values/actor.js';
import { OverviewView } from './overview.dto.js';
import { OVERVIEW } from './overview.examples.js';
import { OverviewService } from './overview.service.js';

@ApiTags('overview')
@ManagementApi()
@Controller('manage/overview')
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'getOverview',
    summary: 'Show what there is and what happened in the last 24 hours',
    description:
      'Of the projects that the caller sees. The figures may be 5 seconds old, with more than 10,000 tokens 30 seconds. The ' +
      'last 24 hours end with the current quarter hour.',
  })
  @ApiOkResponse({ description: 'The figures', type: OverviewView, example: OVERVIEW })
  @Refuses(errors.storeUnavailable())
  async get(@CurrentActor() actor: Actor): Promise<OverviewView> {
    return this.overview.of(actor);
  }
}
