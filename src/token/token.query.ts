import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsUUID } from 'class-validator';
import { MayBeAbsent, QueryFlag } from '../common/rest/field.rules.js';
import { PageQuery } from '../common/rest/paging.js';

export class TokenQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only tokens of this project', type: String, format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'projectId must be a UUID' })
  projectId?: string;

  @ApiPropertyOptional({ description: 'Use projectId', type: String, format: 'uuid', deprecated: true })
  @IsOptional()
  @IsUUID('all', { message: 'project_id must be a UUID' })
  project_id?: string;

  @ApiPropertyOptional({ description: 'Only tokens that are neither revoked nor expired', type: Boolean })
  @MayBeAbsent()
  @QueryFlag()
  @IsBoolean({ message: 'activeOnly must be true or false' })
  activeOnly?: boolean;

  @ApiPropertyOptional({ description: 'Use activeOnly', type: Boolean, deprecated: true })
  @MayBeAbsent()
  @QueryFlag()
  @IsBoolean({ message: 'active_only must be true or false' })
  active_only?: boolean;
}
