import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, IsUUID } from 'class-validator';
import { queryInstantProblem } from '../../common/rest/date.time.js';
import { MayBeAbsent, QueryFlag, Trimmed } from '../../common/rest/field.rules.js';
import { PageQuery } from '../../common/rest/paging.js';
import { eachOf, IsSearch, SEARCH, separated } from '../../common/rest/search.rules.js';
import { validator } from '../../common/rest/validator.js';
import { IsOwnerFilter } from '../../project/labels/described.dto.js';
import { IsLabelFilters } from '../../project/labels/label.rules.js';
import { TOKEN_STATUSES, type TokenStatus } from '../status/token.status.js';
import { TOKEN_SORTS, type TokenSort } from './token.sort.js';

const IsInstant = validator('isInstant', queryInstantProblem);
const INSTANT = { type: String, format: 'date-time' } as const;

const statusProblem = eachOf(TOKEN_STATUSES);
const IsStatuses = validator('isStatuses', statusProblem);

export class TokenQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Only tokens of this project', type: String, format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'projectId must be a UUID' })
  projectId?: string;

  @ApiPropertyOptional({ description: 'Use projectId', type: String, format: 'uuid', deprecated: true })
  @IsOptional()
  @IsUUID('all', { message: 'project_id must be a UUID' })
  project_id?: string;

  @ApiPropertyOptional({
    description: 'Only tokens that are neither revoked nor expired; excludes status',
    type: Boolean,
  })
  @MayBeAbsent()
  @QueryFlag()
  @IsBoolean({ message: 'activeOnly must be true or false' })
  activeOnly?: boolean;

  @ApiPropertyOptional({ description: 'Use activeOnly', type: Boolean, deprecated: true })
  @MayBeAbsent()
  @QueryFlag()
  @IsBoolean({ message: 'active_only must be true or false' })
  active_only?: boolean;

  @ApiPropertyOptional({
    description: 'Only tokens of this status, or of one of several that commas separate',
    type: [String],
    enum: TOKEN_STATUSES,
    explode: false,
    style: 'form',
  } as object)
  @Transform(separated)
  @IsStatuses()
  status?: TokenStatus[];

  @ApiPropertyOptional({
    ...SEARCH,
    description:
      'The beginning of a name in any case, the beginning of an id (8 characters or more), or a whole display form. Never a secret: POST /manage/tokens/lookup takes one',
  })
  @Trimmed()
  @IsSearch('search')
  search?: string;

  @ApiPropertyOptional({ ...SEARCH, description: 'Only tokens with exactly this name' })
  @Trimmed()
  @IsSearch('name')
  name?: string;

  @ApiPropertyOptional({ ...SEARCH, description: 'Only tokens of this owner' })
  @IsOwnerFilter()
  owner?: string;

  @ApiPropertyOptional({
    ...INSTANT,
    description: 'Only tokens without a request since this time; one without any request counts from its creation',
  })
  @IsInstant()
  unused_since?: string;

  @ApiPropertyOptional({ ...INSTANT, description: 'Only tokens that expire, or have expired, before this time' })
  @IsInstant()
  expires_before?: string;

  @ApiPropertyOptional({
    description: 'Only tokens with this label, `key=value`, or with any value of it, `key`. Several must all be there',
    type: [String],
  })
  @IsLabelFilters()
  label?: string[];

  @ApiPropertyOptional({
    description:
      'The order; `-` = the largest first. Entries without the value come last. Without it, the newest first',
    enum: TOKEN_SORTS,
    example: '-created_at',
  })
  @MayBeAbsent()
  @IsString({ message: 'sort must be text' })
  @IsIn(TOKEN_SORTS, { message: `sort must be ${TOKEN_SORTS.join(', ')}` })
  sort?: TokenSort;
}
