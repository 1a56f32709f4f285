import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { ListOf, ManagementApi, Refuses } from '../../common/rest/api.docs.js';
import { sendPage } from '../../common/rest/paging.js';
import type { Actor } from '../../common/values/actor.js';
import { Clock } from '../../common/values/clock.js';
import { ProjectService } from '../../project/project.service.js';
import { projectView } from '../../project/project.view.js';
import { ProjectFigures } from './project.figures.js';
import { ListedProjectView, ProjectListQuery } from './project.list.dto.js';
import { LISTED_PROJECT } from './project.list.examples.js';

@ApiTags('projects')
@ManagementApi()
@Controller('manage/projects')
export class ProjectListController {
  constructor(
    private readonly projects: ProjectService,
    private readonly figures: ProjectFigures,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'listProjects',
    summary: 'List projects by name',
    description: 'The `X-Total-Count` header has the number of all projects. A paged list has a `Link` header.',
  })
  @ListOf(ListedProjectView, [LISTED_PROJECT])
  @Refuses(errors.fieldInvalid('page', 'must be 1 or more'), errors.secretInUrl())
  async list(
    @CurrentActor() actor: Actor,
    @Query() query: ProjectListQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ListedProjectView[]> {
    const entries = sendPage(await this.projects.list(actor, query), query, request, reply);
    const nowMs = this.clock.now();
    const views = entries.map((project): ListedProjectView => projectView(project, actor, nowMs));
    if (query.include !== 'figures') return views;
    const figures = await this.figures.of(views.map(({ id }) => id));
    return views.map((view) => ({ ...view, figures: figures.get(view.id)! }));
  }
}
