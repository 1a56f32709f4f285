import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { EXAMPLE_IDS, integer } from '../common/rest/api.docs.js';
import { instant } from '../common/rest/field.rules.js';
import { CAP_FIELD, LIMIT_FIELD } from '../common/rest/limit.rules.js';
import { TOKEN_STATUSES, type TokenStatus } from './status/token.status.js';
import type { TokenEntity } from './token.entity.js';
import { NOTE_FIELD, OWNER_FIELD } from '../project/labels/described.dto.js';
import { LABELS_FIELD } from '../project/labels/label.rules.js';
import { SCOPE_FIELDS } from '../common/rest/scope.rules.js';

export class TokenView {
  @ApiProperty({ type: String, format: 'uuid', example: EXAMPLE_IDS.token })
  id!: string;
  @ApiProperty({ type: String, format: 'uuid', example: EXAMPLE_IDS.project })
  project_id!: string;
  @ApiPropertyOptional({ description: 'Absent where the token is made', type: String, example: 'Search team' })
  project_name?: string;
  @ApiPropertyOptional({ type: String, example: 'nightly job' })
  name?: string;
  @ApiProperty({ description: 'Display form', type: String, example: 'sk-wt-AbCd…wXyZ' })
  token!: string;
  @ApiProperty({
    description:
      'The first that applies, in the order of refusals; `withering` = a fifth or less is left, or it is replaced',
    enum: [...TOKEN_STATUSES],
    example: 'active',
  })
  status!: TokenStatus;
  @ApiProperty({ type: Boolean, example: true })
  is_active!: boolean;
  @ApiProperty({ type: String, format: 'date-time', example: '2027-01-31T12:00:00.000Z' })
  expires_at!: string;
  @ApiProperty({ ...CAP_FIELD, description: 'null = unlimited', example: 1000 })
  max_requests!: number | null;
  @ApiProperty({ ...integer(0), description: 'Requests that were admitted', example: 12 })
  request_count!: number;
  @ApiProperty({ ...integer(0), description: 'null = unlimited', nullable: true, example: 988 })
  remaining_requests!: number | null;
  @ApiProperty({ ...LIMIT_FIELD, description: 'null = no limit of its own', example: 60 })
  rate_limit_per_minute!: number | null;
  @ApiProperty({ ...LIMIT_FIELD, description: 'null = any number', example: 4 })
  max_concurrent!: number | null;
  @ApiProperty({ ...SCOPE_FIELDS, description: 'null = any', example: ['gpt-4o*'] })
  allowed_models!: string[] | null;
  @ApiProperty({ ...SCOPE_FIELDS, description: 'null = any', example: null })
  allowed_endpoints!: string[] | null;
  @ApiProperty({ ...SCOPE_FIELDS, description: 'null = any', example: null })
  allowed_ips!: string[] | null;
  @ApiProperty({ ...LABELS_FIELD, description: 'null = none' })
  labels!: Record<string, string> | null;
  @ApiProperty(OWNER_FIELD)
  owner!: string | null;
  @ApiProperty(NOTE_FIELD)
  note!: string | null;
  @ApiProperty({ ...integer(0), description: 'Reserved: always 0', example: 0 })
  cache_hit_count!: number;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  created_at!: string;
  @ApiPropertyOptional({ description: 'Absent until the first request', type: String, format: 'date-time' })
  last_used_at?: string;
  @ApiPropertyOptional({ description: 'Absent while the token is active', type: String, format: 'date-time' })
  deactivated_at?: string;
  @ApiPropertyOptional({ description: 'The token that this one replaced', type: String, format: 'uuid' })
  replaces?: string;
  @ApiPropertyOptional({
    description: 'The token that replaced this one; the requests of both count against one cap',
    type: String,
    format: 'uuid',
  })
  replaced_by?: string;
}

export class CreatedToken extends TokenView {
  @ApiProperty({
    description: 'The secret. Only this response contains it',
    type: String,
    example: 'sk-wt-…(44 characters)',
  })
  declare token: string;
}

export class RevokedTokens {
  @ApiProperty({ ...integer(0), description: 'Revoked by this call', example: 3 })
  revoked_count!: number;
  @ApiProperty({ ...integer(0), description: 'Revoked before', example: 1 })
  already_revoked_count!: number;
  @ApiProperty({ ...integer(0), example: 4 })
  total_tokens!: number;
}

/** What a view has beside the row of the token. */
export interface TokenExtra {
  readonly status: TokenStatus;
  readonly projectName?: string;
  /** The row that counts the requests, when it is another. */
  readonly account?: Pick<TokenEntity, 'maxRequests' | 'requestCount'>;
}

export const tokenView = (token: TokenEntity, { status, projectName, account = token }: TokenExtra): TokenView => ({
  id: token.id,
  project_id: token.projectId,
  ...(projectName === undefined ? {} : { project_name: projectName }),
  ...(token.name === null ? {} : { name: token.name }),
  token: token.secretDisplay,
  status,
  is_active: token.isActive,
  expires_at: instant(token.expiresAt),
  max_requests: account.maxRequests,
  request_count: account.requestCount,
  remaining_requests: account.maxRequests === null ? null : Math.max(0, account.maxRequests - account.requestCount),
  rate_limit_per_minute: token.rateLimitPerMinute,
  max_concurrent: token.maxConcurrent,
  allowed_models: token.allowedModels,
  allowed_endpoints: token.allowedEndpoints,
  allowed_ips: token.allowedIps,
  labels: token.labels,
  owner: token.owner,
  note: token.note,
  cache_hit_count: token.cacheHitCount,
  created_at: instant(token.createdAt),
  ...(token.lastUsedAt === null ? {} : { last_used_at: instant(token.lastUsedAt) }),
  ...(token.deactivatedAt === null ? {} : { deactivated_at: instant(token.deactivatedAt) }),
  ...(token.replaces ? { replaces: token.replaces } : {}),
  ...(token.replacedBy ? { replaced_by: token.replacedBy } : {}),
});
