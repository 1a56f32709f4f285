import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ApiError } from '../errors/api.error.js';

class FieldErrorView {
  @ApiProperty({ type: String, example: 'name' })
  field!: string;
  @ApiProperty({ type: String, example: 'name must have 1 to 120 characters' })
  message!: string;
}

/** The body of every error of the management API. */
export class ErrorView {
  @ApiProperty({ description: 'A sentence for people', type: String })
  error!: string;
  @ApiProperty({ description: 'The error as programs read it', type: String, pattern: '^[a-z_]+$' })
  code!: string;
  @ApiPropertyOptional({ description: 'The fields that are not valid', type: [FieldErrorView] })
  details?: FieldErrorView[];
  @ApiProperty({ description: 'The id of the request, as in `X-Request-Id` and in the log', type: String })
  request_id!: string;
}

/** An error as a response shows it, for the OpenAPI document. */
export const errorExample = ({ message, code, details }: ApiError): ErrorView => ({
  error: message,
  code,
  ...(details ? { details } : {}),
  request_id: '0b6f2f3e-3c70-4a4b-8f0e-6f1f0a8a5a55',
});
