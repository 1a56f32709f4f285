import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { integer } from '../../common/rest/api.docs.js';
import { MAX_LIMIT } from '../../common/values/limits.js';
import { TOKEN } from '../token.examples.js';
import { TokenView } from '../token.view.js';

/** What an app may know of its own token. */
export class OwnTokenView extends PickType(TokenView, [
  'id',
  'project_id',
  'name',
  'status',
  'expires_at',
  'max_requests',
  'remaining_requests',
]) {
  @ApiPropertyOptional({ ...integer(1, MAX_LIMIT), description: 'Absent = no limit of its own', example: 60 })
  rate_limit_per_minute?: number;
  @ApiPropertyOptional({ ...integer(1, MAX_LIMIT), description: 'Absent = any number', example: 4 })
  max_concurrent?: number;
  @ApiPropertyOptional({ description: 'Absent = any', type: [String], example: ['gpt-4o*'] })
  allowed_models?: string[];
  @ApiPropertyOptional({ description: 'Absent = any', type: [String], example: ['/v1/chat/completions'] })
  allowed_endpoints?: string[];
}

export const ownTokenView = (token: TokenView): OwnTokenView => ({
  id: token.id,
  project_id: token.project_id,
  ...(token.name === undefined ? {} : { name: token.name }),
  status: token.status,
  expires_at: token.expires_at,
  max_requests: token.max_requests,
  remaining_requests: token.remaining_requests,
  ...(token.rate_limit_per_minute === null ? {} : { rate_limit_per_minute: token.rate_limit_per_minute }),
  ...(token.max_concurrent === null ? {} : { max_concurrent: token.max_concurrent }),
  ...(token.allowed_models === null ? {} : { allowed_models: token.allowed_models }),
  ...(token.allowed_endpoints === null ? {} : { allowed_endpoints: token.allowed_endpoints }),
});

export const OWN_TOKEN: OwnTokenView = ownTokenView(TOKEN);

class OpenAiError {
  @ApiProperty({ description: 'A sentence for people', type: String })
  message!: string;
  @ApiProperty({ type: String, example: 'authentication_error' })
  type!: string;
  @ApiProperty({ type: String, nullable: true, example: null })
  param!: string | null;
  @ApiProperty({ description: 'The error as programs read it', type: String, pattern: '^[a-z_]+$' })
  code!: string;
}

/** An error as OpenAI's API has it. */
export class OpenAiErrorView {
  @ApiProperty({ type: OpenAiError })
  error!: OpenAiError;
}
