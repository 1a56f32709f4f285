import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, CurrentActor } from '../auth/actor.js';
import { ListOf, ManagementApi, Refuses } from '../common/rest/api.docs.js';
import { sendPage } from '../common/rest/paging.js';
import { UuidPipe } from '../common/rest/uuid.js';
import { CONFIRMED_HEADERS, MayWaitForReplicas } from '../changes/wait.interceptor.js';
import { CreateProject, ProjectQuery, ProjectView, projectView, UpdateProject } from './project.dto.js';
import { ProjectService } from './project.service.js';

@ApiTags('projects')
@ManagementApi()
@Controller('manage/projects')
export class ProjectController {
  constructor(private readonly projects: ProjectService) {}

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
  @ApiCreatedResponse({ type: ProjectView })
  @Refuses(400, 409, 413, 415)
  async create(@CurrentActor() actor: Actor, @Body() body: CreateProject): Promise<ProjectView> {
    return projectView(await this.projects.create(actor, body));
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
  @ApiOkResponse({ type: ProjectView, headers: CONFIRMED_HEADERS })
  @Refuses(400, 404, 409, 413, 415)
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', UuidPipe) id: string,
    @Body() body: UpdateProject,
  ): Promise<ProjectView> {
    return projectView(await this.projects.update(actor, id, body));
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
}
