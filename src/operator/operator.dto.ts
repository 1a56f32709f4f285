import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsUUID,
} from 'class-validator';
import { EXAMPLE_IDS } from '../common/rest/api.docs.js';
import { IsExpiry } from '../common/rest/expiry.js';
import { IsName, MayBeAbsent } from '../common/rest/field.rules.js';
import { type Role, ROLES } from '../common/values/actor.js';

const MAX_PROJECTS = 500;
const ROLE = { enum: ROLES, example: 'manager' } as const;
const ROLE_RULE = { message: `role must be one of ${ROLES.join(', ')}` };
const PROJECTS = {
  type: String,
  isArray: true,
  nullable: true,
  minItems: 1,
  maxItems: MAX_PROJECTS,
  example: [EXAMPLE_IDS.project],
  description: 'The ids of its projects: a manager has one or more, an admin none; a viewer without them sees all',
};

class OperatorFields {
  @ApiPropertyOptional(PROJECTS)
  @IsOptional()
  @IsArray({ message: 'projects must be a list of ids, or null' })
  @ArrayNotEmpty({ message: 'projects must name a project, or be null' })
  @ArrayMaxSize(MAX_PROJECTS, { message: `projects must have at most ${MAX_PROJECTS} ids` })
  @ArrayUnique((id: unknown) => (typeof id === 'string' ? id.toLowerCase() : id), {
    message: 'projects must not name an id twice',
  })
  @IsUUID('all', { each: true, message: 'projects must be UUIDs' })
  projects?: string[] | null;

  @ApiPropertyOptional({
    description: 'RFC 3339, in the future; null = does not expire',
    type: String,
    format: 'date-time',
    nullable: true,
  })
  @IsOptional()
  @IsExpiry()
  expires_at?: string | null;
}

export class CreateOperator extends OperatorFields {
  @ApiProperty({ type: String, minLength: 1, maxLength: 120, description: 'Unique', example: 'ana' })
  @IsName()
  name!: string;

  @ApiProperty(ROLE)
  @IsIn(ROLES, ROLE_RULE)
  role!: Role;
}

export class UpdateOperator extends OperatorFields {
  @ApiPropertyOptional({ type: String, minLength: 1, maxLength: 120, description: 'Unique', example: 'ana' })
  @MayBeAbsent()
  @IsName()
  name?: string;

  @ApiPropertyOptional(ROLE)
  @MayBeAbsent()
  @IsIn(ROLES, ROLE_RULE)
  role?: Role;

  @ApiPropertyOptional({ description: 'false revokes the operator, true brings it back', type: Boolean })
  @MayBeAbsent()
  @IsBoolean({ message: 'is_active must be true or false' })
  is_active?: boolean;
}
