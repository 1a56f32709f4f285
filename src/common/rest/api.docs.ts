import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';

/** The name of the bearer scheme in the OpenAPI document. */
export const MANAGEMENT_SCHEME = 'management-token';

class FieldFaultView {
  @ApiProperty({ type: String, example: 'name' })
  field!: string;
  @ApiProperty({ type: String, example: 'name must have 1 to 120 characters' })
  message!: string;
}

/** The body of every error of the management API. */
export class ErrorView {
  @ApiProperty({ type: String, example: 'There is no project with this id.' })
  error!: string;
  @ApiProperty({ type: String, example: 'project_not_found' })
  code!: string;
  @ApiPropertyOptional({ type: [FieldFaultView] })
  details?: FieldFaultView[];
  @ApiProperty({ type: String, example: '0b6f2f3e-3c70-4a4b-8f0e-6f1f0a8a5a55' })
  request_id!: string;
}

const MEANINGS: Record<number, string> = {
  400: 'The request is not valid; `code` says why, and `details` names the invalid fields, if any',
  401: 'The management token is missing or wrong',
  403: 'The project is not active',
  404: 'Not found',
  409: 'The name is taken',
  413: 'The body is larger than 1 MiB',
  415: 'The body is not application/json',
  429: 'Too many failed attempts from this address; see Retry-After',
  503: 'The database is not available; see Retry-After',
};

/** Documents a response that is a plain array; its headers have the total and the links to other pages (RFC 8288). */
export const ListOf = (type: Type): MethodDecorator =>
  ApiOkResponse({
    type: [type],
    headers: {
      'X-Total-Count': { description: 'Number of entries on all pages', schema: { type: 'integer' } },
      Link: {
        description: 'Links to the first, previous, next and last page, when the list is paged',
        schema: { type: 'string' },
      },
    },
  });

/** Documents the error responses of a route. */
export const Refuses = (...statuses: number[]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, description: MEANINGS[status] ?? '', type: ErrorView })),
  );

/** Documents what all management routes have in common: the bearer scheme and the errors of every call. */
export const ManagementApi = (): ClassDecorator =>
  applyDecorators(ApiBearerAuth(MANAGEMENT_SCHEME), Refuses(401, 429, 503));
