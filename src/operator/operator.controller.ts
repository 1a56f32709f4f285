import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { anyOf, Fresh, hasField, isSet, Needs } from '../auth/access.decorator.js';
import { CurrentActor } from '../auth/actor.js';
import { CONFIRMED_HEADERS, MayWaitForReplicas } from '../changes/wait.interceptor.js';
import { errors } from '../common/errors/errors.js';
import { Audited } from '../common/rest/audited.js';
import { Accepts, IdOf, ListOf, ManagementApi, ofAnyBody, Refuses } from '../common/rest/api.docs.js';
import { PageQuery, sendPage } from '../common/rest/paging.js';
import { UuidPipe } from '../common/rest/uuid.js';
import type { Actor } from '../common/values/actor.js';
import { MAX_OPERATORS } from '../common/values/limits.js';
import { CreateOperator, UpdateOperator } from './operator.dto.js';
import { CREATE_OPERATOR, NEW_OPERATOR, OPERATOR, REVOKED_OPERATOR, UPDATE_OPERATOR } from './operator.examples.js';
import { OperatorService } from './operator.service.js';
import { CreatedOperator, OperatorView, operatorView } from './operator.view.js';

@ApiTags('operators')
@ManagementApi()
@Controller('manage/operators')
export class OperatorController {
  constructor(private readonly operators: OperatorService) {}

  @Get()
  @Needs('admin', 'all-projects')
  @ApiOperation({
    operationId: 'listOperators',
    summary: 'List operators by name',
    description: 'Revoked operators stay in the list. The `X-Total-Count` header has the number of all operators.',
  })
  @ListOf(OperatorView, [OPERATOR])
  @Refuses(errors.fieldInvalid('page', 'must be 1 or more'))
  async list(
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperatorView[]> {
    return sendPage(await this.operators.list(query), query, request, reply).map(operatorView);
  }

  @Post()
  @Audited('operator.create')
  @Fresh()
  @Needs('admin', 'all-projects')
  @MayWaitForReplicas()
  @ApiOperation({
    operationId: 'createOperator',
    summary: 'Create an operator',
    description:
      'An operator is a person or program that calls the management API with a credential of its own. ' +
      'A viewer reads; a manager changes the tokens of its projects too; an admin may do everything.',
  })
  @Accepts(CreateOperator, CREATE_OPERATOR)
  @ApiCreatedResponse({
    description: 'The new operator with its credential',
    type: CreatedOperator,
    example: NEW_OPERATOR,
    headers: CONFIRMED_HEADERS,
  })
  @Refuses(errors.fieldInvalid('role', 'must be viewer'), ...ofAnyBody())
  @Refuses(errors.operatorExists(), errors.tooManyOperators(MAX_OPERATORS))
  async create(@CurrentActor() actor: Actor, @Body() body: CreateOperator): Promise<CreatedOperator> {
    const { operator, secret } = await this.operators.create(actor, body);
    return { ...operatorView(operator), token: secret };
  }

  @Get(':id')
  @Needs('admin', 'all-projects')
  @ApiOperation({
    operationId: 'getOperator',
    summary: 'Show an operator',
    description: 'The credential is shown in its display form. A revoked operator is found too.',
  })
  @IdOf('operator')
  @ApiOkResponse({ description: 'The operator', type: OperatorView, example: OPERATOR })
  @Refuses(errors.invalidId(), errors.operatorNotFound())
  async get(@Param('id', UuidPipe) id: string): Promise<OperatorView> {
    return operatorView(await this.operators.get(id));
  }

  @Patch(':id')
  @Audited('operator.update')
  @Fresh(anyOf(hasField('role', 'projects', 'expires_at'), isSet('is_active')))
  @Needs('admin', 'all-projects')
  @MayWaitForReplicas()
  @ApiOperation({
    operationId: 'updateOperator',
    summary: 'Change an operator',
    description:
      'Changes only the fields that the request contains, and `projects` to null with the role admin. ' +
      'The change is in force at once. ' +
      'No operator changes itself: that is `role_not_allowed`.',
  })
  @IdOf('operator')
  @Accepts(UpdateOperator, UPDATE_OPERATOR)
  @ApiOkResponse({
    description: 'The changed operator',
    type: OperatorView,
    example: REVOKED_OPERATOR,
    headers: CONFIRMED_HEADERS,
  })
  @Refuses(errors.fieldInvalid('role', 'must be viewer'), errors.noFields(), errors.invalidId(), ...ofAnyBody())
  @Refuses(errors.operatorNotFound(), errors.operatorExists(), errors.tooManyOperators(MAX_OPERATORS))
  async update(
    @CurrentActor() actor: Actor,
    @Param('id', UuidPipe) id: string,
    @Body() body: UpdateOperator,
  ): Promise<OperatorView> {
    return operatorView(await this.operators.update(actor, id, body));
  }

  @Delete(':id')
  @Audited('operator.revoke')
  @Needs('admin', 'all-projects')
  @MayWaitForReplicas()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeOperator',
    summary: 'Revoke an operator',
    description: 'In force at once. The operator stays in lists. A second call does nothing and succeeds.',
  })
  @IdOf('operator')
  @ApiNoContentResponse({ description: 'The operator is revoked', headers: CONFIRMED_HEADERS })
  @Refuses(errors.invalidId(), errors.operatorNotFound())
  async revoke(@CurrentActor() actor: Actor, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.operators.revoke(actor, id);
  }
}
