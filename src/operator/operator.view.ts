import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { OperatorEntity } from '../auth/operator.entity.js';
import { EXAMPLE_IDS } from '../common/rest/api.docs.js';
import { instant } from '../common/rest/field.rules.js';
import { type Actor, type Role, ROLES } from '../common/values/actor.js';

const DATE = { type: String, format: 'date-time' } as const;
export const PROJECTS = {
  type: String,
  isArray: true,
  nullable: true,
  description: 'null = all',
  example: [EXAMPLE_IDS.project],
};

export class OperatorView {
  @ApiProperty({ type: String, format: 'uuid', example: EXAMPLE_IDS.operator })
  id!: string;
  @ApiProperty({ type: String, example: 'ana' })
  name!: string;
  @ApiProperty({ description: 'Display form of the credential', type: String, example: 'sk-op-AbCd…wXyZ' })
  token!: string;
  @ApiProperty({ enum: ROLES, example: 'manager' })
  role!: Role;
  @ApiProperty(PROJECTS)
  projects!: string[] | null;
  @ApiProperty({ type: Boolean, example: true })
  is_active!: boolean;
  @ApiProperty({ ...DATE, description: 'null = does not expire', nullable: true, example: '2027-01-31T12:00:00.000Z' })
  expires_at!: string | null;
  @ApiProperty({ ...DATE, example: '2026-01-31T12:00:00.000Z' })
  created_at!: string;
  @ApiProperty({
    description: 'The id of the operator that created it; null = the management token',
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
  })
  created_by!: string | null;
  @ApiPropertyOptional({ ...DATE, description: 'To the minute; absent until the first call' })
  last_used_at?: string;
  @ApiPropertyOptional({ ...DATE, description: 'Absent while the operator is active' })
  deactivated_at?: string;
}

export class CreatedOperator extends OperatorView {
  @ApiProperty({
    description: 'The credential. Only this response contains it',
    type: String,
    example: 'sk-op-…(44 characters)',
  })
  declare token: string;
}

export class WhoAmI {
  @ApiProperty({
    description: '`root` is the holder of the management token, `session` a session of the web interface',
    enum: ['root', 'operator', 'session'],
  })
  kind!: 'root' | 'operator' | 'session';
  @ApiPropertyOptional({ description: 'Of an operator', type: String, format: 'uuid', example: EXAMPLE_IDS.operator })
  id?: string;
  @ApiPropertyOptional({
    description: 'Of an operator; else what the person calls itself in its session',
    type: String,
    example: 'ana',
  })
  name?: string;
  @ApiProperty({ enum: ROLES, example: 'manager' })
  role!: Role;
  @ApiProperty(PROJECTS)
  projects!: string[] | null;
}

export const operatorView = (operator: OperatorEntity): OperatorView => ({
  id: operator.id,
  name: operator.name,
  token: operator.secretDisplay,
  role: operator.role,
  projects: operator.projects,
  is_active: operator.isActive,
  expires_at: operator.expiresAt === null ? null : instant(operator.expiresAt),
  created_at: instant(operator.createdAt),
  created_by: operator.createdBy,
  ...(operator.lastUsedAt === null ? {} : { last_used_at: instant(operator.lastUsedAt) }),
  ...(operator.deactivatedAt === null ? {} : { deactivated_at: instant(operator.deactivatedAt) }),
});

export const whoAmI = ({ kind, id, name, role, projects, session }: Actor): WhoAmI => ({
  kind: session ? 'session' : kind === 'operator' ? 'operator' : 'root',
  ...(id === undefined ? {} : { id }),
  ...(name === undefined ? {} : { name }),
  role,
  projects: projects ? [...projects] : null,
});
