import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../auth/access.decorator.js';
import { CurrentActor } from '../../auth/actor.js';
import { errors } from '../../common/errors/errors.js';
import { ManagementApi, Refuses } from '../../common/rest/api.docs.js';
import type { Actor } from '../../common/values/actor.js';
import { AuditEventView, AuditListView } from './audit.dto.js';
import { EVENT, LIST } from './audit.examples.js';
import { AuditLog } from './audit.log.js';
import { AuditQuery } from './audit.query.js';

const ID = {
  name: 'id',
  description: 'The id of the row, or its number',
  type: String,
  example: EVENT.id,
} as const;

@ApiTags('audit')
@ManagementApi()
@Controller('manage/audit')
export class AuditController {
  constructor(private readonly log: AuditLog) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'List rows of the audit log, newest first',
    description:
      'Who did what, by management calls, and what the server did. An operator with a list of projects sees the rows of ' +
      'these. Reading the log is not audited.',
  })
  @ApiOkResponse({ description: 'One page of the log', type: AuditListView, example: LIST })
  @Refuses(errors.fieldInvalid('outcome', 'must be success, failure, denied'), errors.secretInUrl())
  async list(@CurrentActor() actor: Actor, @Query() query: AuditQuery): Promise<AuditListView> {
    return this.log.list(actor, query);
  }

  @Get(':id')
  @Needs('read')
  @ApiOperation({
    operationId: 'getAuditEvent',
    summary: 'Show a row of the audit log',
    description:
      'Takes the `id` of the row, or its number. A row of a project that the operator does not see is not found.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ description: 'The row', type: AuditEventView, example: EVENT })
  @Refuses(errors.auditEventNotFound(), errors.fieldInvalid('id', 'must be a UUID'))
  async get(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<AuditEventView> {
    return this.log.get(actor, id);
  }
}
