import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { anyOf, Fresh, hasField, isSet, Needs } from '../auth/access.decorator.js';
import { CurrentActor } from '../auth/actor.js';
import type { Actor } from '../common/values/actor.js';
import { Clock } from '../common/values/clock.js';
import { errors } from '../common/errors/errors.js';
import { Audited } from '../common/rest/audited.js';
import { Accepts, IdOf, ManagementApi, ofAnyBody, Refuses } from '../common/rest/api.docs.js';
import { UuidPipe } from '../common/rest/uuid.js';
import { AuditTrail } from '../changes/audit.trail.js';
import { CONFIRMED_HEADERS, MayWaitForReplicas } from '../changes/wait.interceptor.js';
import { CreateProject, UpdateProject } from './project.dto.js';
import type { ProjectEntity } from './project.entity.js';
import { CHECK, CREATE_PROJECT, INACTIVE_PROJECT, PROJECT, UPDATE_PROJECT } from './project.examples.js';
import { ProjectService } from './project.service.js';
import { CheckView, ProjectView, projectView } from './project.view.js';
import { UpstreamKey } from './upstream.key.js';
import { UpstreamProbe } from './upstream.probe.js';

const KEY_WARNING = {
  'X-Proxy-Warning': {
    description: 'Why the stored api_key is probably a mistake, if it is',
    schema: { type: 'string' as const },
  },
};

const INVALID_NAME = errors.fieldInvalid('name', 'must have 1 to 120 characters');

/** The list is in `reporting/projects`: it has figures of requests and tokens. */
@ApiTags('projects')
@ManagementApi()
@Controller('manage/projects')
export class ProjectController {
  constructor(
    private readonly projects: ProjectService,
    private readonly key: UpstreamKey,
    private readonly probe: UpstreamProbe,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Audited('project.create')
  @Needs('admin', 'all-projects')
  @ApiOperation({
    operationId: 'createProject',
    summary: 'Create a project',
    description: 'A project has one upstream key. Its tokens call the upstream with this key.',
  })
  @Accepts(CreateProject, CREATE_PROJECT)
  @ApiCreatedResponse({ description: 'The new project', type: ProjectView, example: PROJECT, headers: KEY_WARNING })
  @Refuses(INVALID_NAME, errors.apiKeyMasked(), ...ofAnyBody(), errors.projectExists())
  async create(
    @CurrentActor() actor: Actor,
    @Body() body: CreateProject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectView> {
    const project = await this.projects.create(actor, body);
    this.warn(reply, project, body.api_key);
    return projectView(project, actor, this.clock.now());
  }

  @Get(':id')
  @Needs('read')
  @ApiOperation({
    operationId: 'getProject',
    summary: 'Show a project',
    description: 'A deleted project is not found.',
  })
  @IdOf('project')
  @ApiOkResponse({ description: 'The project', type: ProjectView, example: PROJECT })
  @Refuses(errors.invalidId(), errors.projectNotFound())
  async get(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<ProjectView> {
    return projectView(await this.projects.visible(actor, id), actor, this.clock.now());
  }

  @Patch(':id')
  @Audited('project.update')
  @Fresh(anyOf(hasField('api_key', 'base_url', 'provider'), isSet('revoke_tokens')))
  @Needs('admin')
  @MayWaitForReplicas()
  @ApiOperation({
    operationId: 'updateProject',
    summary: 'Change a project',
    description:
      'Changes only the fields that the request contains. A new `api_key` replaces the stored upstream key for good. ' +
      'The change is in force at once, for running tokens too.',
  })
  @IdOf('project')
  @Accepts(UpdateProject, UPDATE_PROJECT)
  @ApiOkResponse({
    description: 'The changed project',
    type: ProjectView,
    example: INACTIVE_PROJECT,
    headers: { ...CONFIRMED_HEADERS, ...KEY_WARNING },
  })
  @Refuses(INVALID_NAME, errors.noFields(), errors.invalidId(), errors.apiKeyMasked(), ...ofAnyBody())
  @Refuses(errors.projectNotFound(), errors.projectExists())
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', UuidPipe) id: string,
    @Body() body: UpdateProject,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProjectView> {
    const project = await this.projects.update(actor, id, body);
    this.warn(reply, project, body.api_key);
    return projectView(project, actor, this.clock.now());
  }

  @Post(':id/check')
  @Audited('project.check')
  @Needs('admin')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'checkProject',
    summary: 'Check the upstream key of a project',
    description: 'Sends one `GET /v1/models` to the upstream with the stored key.',
  })
  @IdOf('project')
  @ApiOkResponse({ description: 'The result', type: CheckView, example: CHECK })
  @Refuses(errors.invalidId(), errors.projectNotFound())
  async check(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<CheckView> {
    await this.projects.visible(actor, id);
    // First: a request with the key of the project leaves the server.
    const row = { action: 'project.check', outcome: 'success', projectId: id } as const;
    await this.trail.write({ ...row, actor, call: actor.call });
    return this.probe.check(id);
  }

  @Delete(':id')
  @Audited('project.delete')
  @Fresh()
  @Needs('admin')
  @MayWaitForReplicas()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteProject',
    summary: 'Delete a project',
    description: 'Revokes its tokens and destroys the stored upstream key. A second call does nothing and succeeds.',
  })
  @IdOf('project')
  @ApiNoContentResponse({ description: 'The project is deleted', headers: CONFIRMED_HEADERS })
  @Refuses(errors.invalidId(), errors.projectNotFound())
  async remove(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.projects.remove(actor, id);
  }

  /** The key is stored. The header says why it is probably a mistake. */
  private warn(reply: FastifyReply, project: ProjectEntity, apiKey: string | undefined): void {
    const doubt = apiKey === undefined ? undefined : this.key.doubt(project, apiKey);
    if (doubt) void reply.header('x-proxy-warning', doubt);
  }
}
