import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { EXAMPLE_IDS, ManagementApi, Refuses } from '../../common/rest/api.docs.js';
import type { Actor } from '../../common/values/actor.js';
import { FoundView, SearchQuery } from './search.dto.js';
import { SearchService } from './search.service.js';

const FOUND: FoundView[] = [
  { kind: 'project', id: EXAMPLE_IDS.project, title: 'Nightly team', text: 'active' },
  { kind: 'token', id: EXAMPLE_IDS.token, title: 'nightly job', text: 'sk-wt-AbCd…wXyZ · Search team' },
];

@ApiTags('overview')
@ManagementApi()
@Controller('manage/search')
export class SearchController {
  constructor(private readonly search: SearchService) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'search',
    summary: 'Find projects, tokens and requests',
    description:
      'At most 8 of each kind. A text that begins with `sk-`, or has a key or a secret of this server anywhere, is ' +
      'refused, because a URL is written to logs: ' +
      '`POST /manage/tokens/lookup` finds the token of a secret or a display form.',
  })
  @ApiOkResponse({ description: 'Projects, tokens, then requests', type: [FoundView], example: FOUND })
  @Refuses(errors.fieldInvalid('q', 'must have 1 to 120 characters'), errors.secretInUrl())
  async find(@CurrentActor() actor: Actor, @Query() { q }: SearchQuery): Promise<FoundView[]> {
    return this.search.find(actor, q);
  }
}
