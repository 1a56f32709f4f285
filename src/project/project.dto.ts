import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { IsBoolean, IsOptional, IsString, Length, Matches } from 'class-validator';
import { IsName, MayBeAbsent, QueryFlag } from '../common/rest/field.rules.js';
import { DescribedFields, IsOwnerFilter } from './labels/described.dto.js';
import { IsLabelFilters } from './labels/label.rules.js';
import { ProjectSearch } from './listing/project.search.js';
import type { TokenBounds } from './project.entity.js';
import { ProjectLimitFields } from './project.limits.dto.js';
import { BoundsField } from './token.bounds.rules.js';

// Display forms have an ellipsis. It passes here, so that UpstreamKey refuses them with an error of their own.
const API_KEY = /^[\x21-\x7e…]{1,512}$/;

// Each from its last rule to its first, as stacked decorators run.

const IsApiKey = (): PropertyDecorator =>
  applyDecorators(
    Matches(API_KEY, {
      message: 'api_key must have 1 to 512 visible ASCII characters, without spaces and line breaks',
    }),
    IsString({ message: 'api_key must be text' }),
  );

const IsBaseUrl = (): PropertyDecorator =>
  applyDecorators(
    Length(1, 2000, { message: 'base_url must have 1 to 2000 characters' }),
    IsString({ message: 'base_url must be text' }),
    IsOptional(),
  );

const IsProviderName = (): PropertyDecorator =>
  applyDecorators(
    Length(1, 64, { message: 'provider must be the name of a configured provider' }),
    IsString({ message: 'provider must be text' }),
    IsOptional(),
  );

/** How the API document shows a base URL. Without an example: a project has the upstream of OPENAI_API_URL. */
const OPTIONAL_URL = { type: String, nullable: true, minLength: 1, maxLength: 2000 } as const;

/** How the API document shows a provider. */
const PROVIDER = {
  description: 'The name of a provider of API_CONFIG_PATH; null = the standard one',
  type: String,
  nullable: true,
  minLength: 1,
  maxLength: 64,
} as const;

class ProjectFields extends IntersectionType(DescribedFields, ProjectLimitFields) {
  @BoundsField('What a new token gets when its call does not say; null = nothing')
  token_defaults?: TokenBounds | null;

  @BoundsField('What tokens may have at most, for operators who are no admins; null = anything')
  token_maxima?: TokenBounds | null;
}

export class CreateProject extends ProjectFields {
  @ApiProperty({
    description: 'Unique among projects that are not deleted',
    type: String,
    minLength: 1,
    maxLength: 120,
    example: 'Search team',
  })
  @IsName()
  name!: string;

  @ApiProperty({
    description: 'The upstream key. Responses contain its display form only',
    type: String,
    minLength: 1,
    maxLength: 512,
    example: 'sk-proj-your-upstream-key',
  })
  @IsApiKey()
  api_key!: string;

  @ApiPropertyOptional({
    description:
      'Another upstream than OPENAI_API_URL, without /v1; private addresses only when ALLOWED_PRIVATE_ORIGINS names them',
    ...OPTIONAL_URL,
  })
  @IsBaseUrl()
  base_url?: string | null;

  @ApiPropertyOptional(PROVIDER)
  @IsProviderName()
  provider?: string | null;
}

export class UpdateProject extends ProjectFields {
  @ApiPropertyOptional({ type: String, minLength: 1, maxLength: 120, example: 'Search team' })
  @MayBeAbsent()
  @IsName()
  name?: string;

  @ApiPropertyOptional({
    description: 'A new upstream key. It replaces the stored one for good',
    type: String,
    minLength: 1,
    maxLength: 512,
  })
  @MayBeAbsent()
  @IsApiKey()
  api_key?: string;

  @ApiPropertyOptional({
    description: 'null returns to OPENAI_API_URL',
    ...OPTIONAL_URL,
  })
  @IsBaseUrl()
  base_url?: string | null;

  @ApiPropertyOptional(PROVIDER)
  @IsProviderName()
  provider?: string | null;

  @ApiPropertyOptional({ description: 'false refuses all tokens of the project', type: Boolean, example: false })
  @MayBeAbsent()
  @IsBoolean({ message: 'is_active must be true or false' })
  is_active?: boolean;

  @ApiPropertyOptional({
    description: 'With is_active=false: revoke every token of the project too',
    type: Boolean,
    example: false,
  })
  @MayBeAbsent()
  @IsBoolean({ message: 'revoke_tokens must be true or false' })
  revoke_tokens?: boolean;
}

export class ProjectQuery extends ProjectSearch {
  @ApiPropertyOptional({
    description: 'Only projects with this label, `key` or `key=value`; several times for several labels',
    type: [String],
  })
  @IsLabelFilters()
  label?: string[];

  @ApiPropertyOptional({ description: 'Only projects of this owner', type: String })
  @IsOwnerFilter()
  owner?: string;

  @ApiPropertyOptional({ description: 'List deleted projects too', type: Boolean, example: false })
  @IsOptional()
  @QueryFlag()
  @IsBoolean({ message: 'includeDeleted must be true or false' })
  includeDeleted?: boolean;

  @ApiPropertyOptional({ description: 'Use includeDeleted', type: Boolean, deprecated: true })
  @IsOptional()
  @QueryFlag()
  @IsBoolean({ message: 'include_deleted must be true or false' })
  include_deleted?: boolean;
}
