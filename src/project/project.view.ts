import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Actor } from '../common/values/actor.js';
import { EXAMPLE_IDS, integer } from '../common/rest/api.docs.js';
import { instant } from '../common/rest/field.rules.js';
import { CAP_FIELD, LIMIT_FIELD } from '../common/rest/limit.rules.js';
import { NOTE_FIELD, OWNER_FIELD } from './labels/described.dto.js';
import { LABELS_FIELD } from './labels/label.rules.js';
import type { ProjectEntity, TokenBounds } from './project.entity.js';
import { countsView, ProjectCountsView } from './project.limits.dto.js';
import { BOUNDS_FIELD } from './token.bounds.rules.js';

const LIMIT = { ...LIMIT_FIELD, example: null } as const;
const CAP = { ...CAP_FIELD, example: null } as const;

export class ProjectView extends ProjectCountsView {
  @ApiProperty({ type: String, format: 'uuid', example: EXAMPLE_IDS.project })
  id!: string;
  @ApiProperty({ type: String, example: 'Search team' })
  name!: string;
  @ApiProperty({
    description: 'Display form; null once the project is deleted, and for operators who are no admins',
    type: String,
    nullable: true,
    example: 'sk-proj-…-key',
  })
  api_key!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null })
  base_url!: string | null;
  @ApiProperty({ description: 'null = the standard provider', type: String, nullable: true, example: null })
  provider!: string | null;
  @ApiProperty({ type: Boolean, example: true })
  is_active!: boolean;
  @ApiProperty({ ...LIMIT, description: 'Requests in any minute, of all its tokens together; null = no limit' })
  rate_limit_per_minute!: number | null;
  @ApiProperty({ ...LIMIT, description: 'Requests and sockets at a time, of all its tokens; null = any number' })
  max_concurrent!: number | null;
  @ApiProperty({ ...CAP, description: 'Requests in a day of UTC; null = unlimited' })
  max_requests_per_day!: number | null;
  @ApiProperty({ ...CAP, description: 'Requests in a month of UTC; null = unlimited' })
  max_requests_per_month!: number | null;
  @ApiProperty({ ...LABELS_FIELD, description: 'null = none' })
  labels!: Record<string, string> | null;
  @ApiProperty(OWNER_FIELD)
  owner!: string | null;
  @ApiProperty(NOTE_FIELD)
  note!: string | null;
  @ApiProperty({ ...BOUNDS_FIELD, description: 'What new tokens get', example: null })
  token_defaults!: TokenBounds | null;
  @ApiProperty({ ...BOUNDS_FIELD, description: 'What tokens may have at most', example: null })
  token_maxima!: TokenBounds | null;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  created_at!: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  updated_at!: string;
  @ApiPropertyOptional({ description: 'Absent while the project is active', type: String, format: 'date-time' })
  deactivated_at?: string;
  @ApiPropertyOptional({ description: 'Absent until the project is deleted', type: String, format: 'date-time' })
  deleted_at?: string;
}

/** What one request to the upstream says. */
export class CheckView {
  @ApiProperty({ description: 'The upstream accepts the key', type: Boolean, example: true })
  ok!: boolean;
  @ApiPropertyOptional({ description: 'Of the response, if there is one', ...integer(100, 599), example: 200 })
  status?: number;
  @ApiPropertyOptional({ description: 'Why there is no response', type: String, example: 'unreachable' })
  code?: string;
  @ApiProperty({ type: String, example: 'The upstream accepts the key.' })
  reason!: string;
  @ApiPropertyOptional({
    description: 'Milliseconds until the connection was open',
    ...integer(0, 60_000),
    example: 40,
  })
  connect_ms?: number;
  @ApiPropertyOptional({ description: 'Milliseconds from there to the response', ...integer(0, 60_000), example: 180 })
  first_byte_ms?: number;
  @ApiPropertyOptional({
    description: 'How many models the response lists; absent when they cannot be counted',
    ...integer(0),
    example: 61,
  })
  models?: number;
}

export const projectView = (project: ProjectEntity, { role }: Actor, nowMs: number): ProjectView => ({
  id: project.id,
  name: project.name,
  api_key: project.deletedAt === null && role === 'admin' ? project.apiKeyDisplay : null,
  base_url: project.baseUrl,
  provider: project.provider,
  is_active: project.isActive,
  rate_limit_per_minute: project.rateLimitPerMinute,
  max_concurrent: project.maxConcurrent,
  max_requests_per_day: project.maxRequestsPerDay,
  max_requests_per_month: project.maxRequestsPerMonth,
  ...countsView(project, nowMs),
  token_defaults: project.tokenDefaults,
  token_maxima: project.tokenMaxima,
  labels: project.labels,
  owner: project.owner,
  note: project.note,
  created_at: instant(project.createdAt),
  updated_at: instant(project.updatedAt),
  ...(project.deactivatedAt === null ? {} : { deactivated_at: instant(project.deactivatedAt) }),
  ...(project.deletedAt === null ? {} : { deleted_at: instant(project.deletedAt) }),
});
