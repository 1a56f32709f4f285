import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, CurrentActor } from '../auth/actor.js';
import { ListOf, ManagementApi, Refuses } from '../common/rest/api.docs.js';
import { sendPage } from '../common/rest/paging.js';
import { UuidPipe } from '../common/rest/uuid.js';
import { CONFIRMED_HEADERS, MayWaitForReplicas } from '../changes/wait.interceptor.js';
import { CheckView, CreateProject, ProjectQuery, ProjectView, projectView, UpdateProject } from './project.dto.js';
import type { ProjectEntity } from './project.entity.js';
import { ProjectService } from './project.service.js';
import { UpstreamKey } from './upstream.key.js';
import { UpstreamProbe } from './upstream.probe.js';

const KEY_WARNING = {
  'X-Proxy-Warning': {
    description: 'Why the stored api_key is probably a mistake, if it is',
    schema: { type: 'string' as const },
  },
};

@ApiTags('projects')
@ManagementApi()
@Controller('manage/projects')
export class ProjectController {
  constructor(
    private readonly projects: ProjectService,
    private readonly key: UpstreamKey,
    private readonly probe: UpstreamProbe,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List projects by name', description: '`X-Total-Count` always; `Link` when paged.' })
  @ListOf(ProjectView)
  @Refuses(400)
  async list(
    @Query() query: ProjectQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectView[]> {
    return sendPage(await this.projects.list(query), query, request, reply).map(projectView);
  }

  @Post()
  @ApiOperation({ summary: 'Create a project' })
  @ApiCreatedResponse({ type: ProjectView, headers: KEY_WARNING })
  @Refuses(400, 409, 413, 415)
  async create(
    @CurrentActor() actor: Actor,
    @Body() body: CreateProject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectView> {
    return this.withWarning(reply, await this.projects.create(actor, body), body.api_key);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a project' })
  @ApiOkResponse({ type: ProjectView })
  @Refuses(400, 404)
  async get(@Param('id', UuidPipe) id: string): Promise<ProjectView> {
    return projectView(await this.projects.get(id));
  }

  @Patch(':id')
  @MayWaitForReplicas()
  @ApiOperation({ summary: 'Change a project', description: 'In force at once, for running tokens too.' })
  @ApiOkResponse({ type: ProjectView, headers: { ...CONFIRMED_HEADERS, ...KEY_WARNING } })
  @Refuses(400, 404, 409, 413, 415)
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', UuidPipe) id: string,
    @Body() body: UpdateProject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectView> {
    return this.withWarning(reply, await this.projects.update(actor, id, body), body.api_key);
  }

  @Post(':id/check')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Ask the upstream of a project',
    description: 'Sends one `GET /v1/models` with the stored key.',
  })
  @ApiOkResponse({ type: CheckView })
  @Refuses(400, 404)
  async check(@Param('id', UuidPipe) id: string): Promise<CheckView> {
    return this.probe.check(id);
  }

  @Delete(':id')
  @MayWaitForReplicas()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a project',
    description: 'Revokes its tokens and destroys the stored upstream key. Idempotent.',
  })
  @ApiNoContentResponse({ headers: CONFIRMED_HEADERS })
  @Refuses(400, 404)
  async remove(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.projects.remove(actor, id);
  }

  /** The key is stored. The header says why it is probably a mistake. */
  private withWarning(reply: FastifyReply, project: ProjectEntity, apiKey: string | undefined): ProjectView {
    const doubt = apiKey === undefined ? undefined : this.key.doubt(project, apiKey);
    if (doubt) void reply.header('x-proxy-warning', doubt);
    return projectView(project);
  }
}
