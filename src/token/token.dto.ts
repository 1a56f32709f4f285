import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { globProblem } from '../common/values/glob.js';
import { MAX_DURATION_MINUTES } from '../common/values/limits.js';
import { networkProblem } from '../common/values/networks.js';
import { pathPatternProblem } from '../common/values/path.rules.js';
import { IsExpiry } from '../common/rest/expiry.js';
import { IsName, MayBeAbsent } from '../common/rest/field.rules.js';
import { EXAMPLE_IDS, integer } from '../common/rest/api.docs.js';
import { IsLimit, LIMIT_FIELD } from '../common/rest/limit.rules.js';
import { IsScope, SCOPE_FIELDS } from '../common/rest/scope.rules.js';
import { DescribedFields } from '../project/labels/described.dto.js';

const DURATION = `duration_minutes must be a whole number from 1 to ${MAX_DURATION_MINUTES}`;
const MAX_REQUESTS = `max_requests must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}; 0 means unlimited`;

class TokenFields extends DescribedFields {
  @ApiPropertyOptional({ type: String, nullable: true, minLength: 1, maxLength: 120, example: 'nightly job' })
  @IsOptional()
  @IsName()
  name?: string | null;

  @ApiPropertyOptional({
    ...integer(0),
    description: 'Lifetime cap, exact; null or 0 = unlimited',
    nullable: true,
    example: 1000,
  })
  @IsOptional()
  @IsInt({ message: MAX_REQUESTS })
  @Min(0, { message: MAX_REQUESTS })
  @Max(Number.MAX_SAFE_INTEGER, { message: MAX_REQUESTS })
  max_requests?: number | null;

  @ApiPropertyOptional({
    ...LIMIT_FIELD,
    description: 'Requests in any minute, all replicas together; null = no limit of its own',
    example: 60,
  })
  @IsLimit()
  rate_limit_per_minute?: number | null;

  @ApiPropertyOptional({
    ...LIMIT_FIELD,
    description: 'Requests and sockets at a time, all replicas together; null = any number',
    example: 4,
  })
  @IsLimit()
  max_concurrent?: number | null;

  @ApiPropertyOptional({
    ...SCOPE_FIELDS,
    description: 'Models the token is bound to, with *',
    example: ['gpt-4o*'],
  })
  @IsOptional()
  @IsScope(globProblem)
  allowed_models?: string[] | null;

  @ApiPropertyOptional({
    ...SCOPE_FIELDS,
    description: 'Paths the token is bound to: exact, /v1/files/* for one segment more, /v1/threads/** for all below',
    example: ['/v1/chat/completions', '/v1/files/*'],
  })
  @IsOptional()
  @IsScope(pathPatternProblem)
  allowed_endpoints?: string[] | null;

  @ApiPropertyOptional({
    ...SCOPE_FIELDS,
    description: 'Addresses and networks (CIDR) the token may be used from',
    example: ['10.0.0.0/8', '2001:db8::/32'],
  })
  @IsOptional()
  @IsScope(networkProblem)
  allowed_ips?: string[] | null;

  @ApiPropertyOptional({
    description: 'RFC 3339, in the future; excludes duration_minutes',
    type: String,
    format: 'date-time',
  })
  @MayBeAbsent()
  @IsExpiry()
  expires_at?: string;
}

export class CreateToken extends TokenFields {
  @ApiProperty({ type: String, format: 'uuid', example: EXAMPLE_IDS.project })
  @IsUUID('all', { message: 'project_id must be a UUID' })
  project_id!: string;

  @ApiPropertyOptional({
    ...integer(1, MAX_DURATION_MINUTES),
    description: 'Lifetime from now; without it and expires_at, DEFAULT_TOKEN_LIFETIME',
    example: 1440,
  })
  @MayBeAbsent()
  @IsInt({ message: DURATION })
  @Min(1, { message: DURATION })
  @Max(MAX_DURATION_MINUTES, { message: DURATION })
  duration_minutes?: number;
}

export class UpdateToken extends TokenFields {
  @ApiPropertyOptional({ description: 'false revokes the token, true brings it back', type: Boolean, example: false })
  @MayBeAbsent()
  @IsBoolean({ message: 'is_active must be true or false' })
  is_active?: boolean;
}
