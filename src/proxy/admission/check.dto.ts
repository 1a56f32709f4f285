import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIP, IsString, Length, Matches } from 'class-validator';
import { MayBeAbsent, PRINTABLE } from '../../common/rest/field.rules.js';

const MAX_PATH = 2048;
const MAX_MODEL = 200;
const MAX_ORIGIN = 256;

/** What decides, by the name of its field or of what it belongs to. */
export const RULES = [
  'path',
  'is_active',
  'expires_at',
  'project',
  'provider',
  'allowed_ips',
  'allowed_endpoints',
  'allowed_models',
  'max_requests',
] as const;
export type Rule = (typeof RULES)[number];

export class CheckRequest {
  @ApiProperty({ type: String, example: 'POST' })
  @Matches(/^[A-Z]{1,20}$/, { message: 'method must be in upper case, such as POST' })
  @IsString({ message: 'method must be text' })
  method!: string;

  @ApiProperty({ description: 'Without a query', type: String, maxLength: MAX_PATH, example: '/v1/responses' })
  @Matches(/^\/[^?#]*$/, { message: 'path must begin with a slash and have no query' })
  @Matches(PRINTABLE, { message: 'path must not contain control characters' })
  @Length(1, MAX_PATH, { message: `path must have 1 to ${MAX_PATH} characters` })
  @IsString({ message: 'path must be text' })
  path!: string;

  @ApiPropertyOptional({
    description: 'What the body names; absent for a body without a model',
    type: String,
    maxLength: MAX_MODEL,
    example: 'gpt-5.6-terra',
  })
  @MayBeAbsent()
  @Length(1, MAX_MODEL, { message: `model must have 1 to ${MAX_MODEL} characters` })
  @IsString({ message: 'model must be text' })
  model?: string;

  @ApiPropertyOptional({
    description: 'The address of the client; needed for a token that is bound to networks',
    type: String,
    example: '192.0.2.7',
  })
  @MayBeAbsent()
  @IsIP(undefined, { message: 'ip must be an IP address' })
  ip?: string;

  @ApiPropertyOptional({
    description: 'The web page that asks, as the header Origin has it',
    type: String,
    maxLength: MAX_ORIGIN,
    example: 'https://app.example.com',
  })
  @MayBeAbsent()
  @Matches(PRINTABLE, { message: 'origin must not contain control characters' })
  @Length(1, MAX_ORIGIN, { message: `origin must have 1 to ${MAX_ORIGIN} characters` })
  @IsString({ message: 'origin must be text' })
  origin?: string;
}

/** What a request would get. */
export class VerdictView {
  @ApiProperty({ type: Boolean, example: false })
  allowed!: boolean;
  @ApiPropertyOptional({ description: 'Of the refusal', type: String, example: 'model_not_allowed' })
  code?: string;
  @ApiPropertyOptional({
    description: 'The sentence of the refusal',
    type: String,
    example: 'The rules of the withering token do not allow the model "o5"; allowed: gpt-5.6*.',
  })
  message?: string;
  @ApiPropertyOptional({
    description: 'The field of the token that refuses it, or what else does',
    enum: RULES,
    example: 'allowed_models',
  })
  rule?: Rule;
}
