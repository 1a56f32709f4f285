import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCookieAuth, ApiOkResponse, ApiParam, ApiResponse } from '@nestjs/swagger';
import type { ApiError } from '../errors/api.error.js';
import { errors } from '../errors/errors.js';
import { MAX_MANAGEMENT_BODY_BYTES } from '../values/bytes.js';
import { ErrorView, errorExample } from './error.view.js';

/** The names of the security schemes in the OpenAPI document. */
export const MANAGEMENT_SCHEME = 'management-token';
export const SESSION_SCHEME = 'session-cookie';
export const WITHERING_SCHEME = 'withering-token';

/** The ids of all examples. */
export const EXAMPLE_IDS = {
  project: '3d2f8a54-6f0e-4b1a-9a35-3f2f6f6f1f10',
  token: '8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001',
  operator: '5b7e9c10-2f43-4d8a-9c61-0e8d7a6b5c42',
  session: 'c4f1b8a2-7d3e-4b5c-8a90-1f2e3d4c5b6a',
  stream: 'e7a9c3d1-5b2f-4e6a-9d80-3c4b5a697887',
} as const;

/** A whole number in the OpenAPI document, with its bounds. */
export const integer = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  ({ type: 'integer', ...(maximum > 2 ** 31 ? { format: 'int64' } : {}), minimum, maximum }) as const;

/** A number in the OpenAPI document that need not be whole, such as milliseconds. */
export const fraction = (minimum = 0) => ({ type: 'number', format: 'double', minimum }) as const;

/** The errors of every route with a body, whatever the body has. */
export const ofAnyBody = (): ApiError[] => [
  errors.jsonInvalid(),
  errors.bodyTooLarge(MAX_MANAGEMENT_BODY_BYTES),
  errors.mediaTypeUnsupported(),
];

/** Documents the id in the path of a route. */
export const IdOf = (kind: keyof typeof EXAMPLE_IDS): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: `The id of the ${kind}`,
    format: 'uuid',
    type: String,
    example: EXAMPLE_IDS[kind],
  });

/** Bodies by what they do. Swagger UI shows the first one. */
export type BodyExamples<T> = Record<string, { summary: string; value: T }>;

/** Documents the body of a route. */
export function Accepts<T>(type: Type<T>, examples: BodyExamples<T>): MethodDecorator {
  const options = { type, examples };
  return ApiBody(options);
}

/** Documents a response that is a plain array; its headers have the total and the links to other pages (RFC 8288). */
export const ListOf = <T>(type: Type<T>, example: T[]): MethodDecorator =>
  ApiOkResponse({
    description: 'One page of the list',
    type: [type],
    example,
    headers: {
      'X-Total-Count': { description: 'Number of entries on all pages', schema: integer(0) },
      Link: {
        description: 'Links to the first, previous, next and last page, when the list is paged',
        schema: { type: 'string' },
      },
    },
  });

/** Documents the error responses of a route. The first error of a status is the example of that status. */
export const Refuses = (...refusals: ApiError[]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ...[...new Set(refusals.map(({ status }) => status))].map((status) =>
      errorResponse(refusals.filter((refusal) => refusal.status === status)),
    ),
  );

/** Documents what all management routes have in common: the schemes and the errors of every call. */
export const ManagementApi = (): ClassDecorator =>
  applyDecorators(
    ApiBearerAuth(MANAGEMENT_SCHEME),
    ApiCookieAuth(SESSION_SCHEME),
    Refuses(errors.unauthorized(), errors.sessionEnded('it was signed out')),
    Refuses(errors.roleNotAllowed(), errors.crossSiteRequest('Sec-Fetch-Site is cross-site')),
    Refuses(errors.tooManyAttempts(60_000)),
    Refuses(errors.storeUnavailable(), errors.draining(), errors.auditUnavailable()),
  );

type DocumentedHeader = { description: string; schema: ReturnType<typeof integer> | { type: 'string' } };

function errorResponse(ofOneStatus: ApiError[]): MethodDecorator & ClassDecorator {
  const [first] = ofOneStatus as [ApiError];
  return ApiResponse({
    status: first.status,
    description: ofOneStatus.map((error) => `\`${error.code}\`: ${meaning(error)}`).join('\n\n'),
    type: ErrorView,
    example: errorExample(first),
    headers: errorHeaders(first),
  });
}

const meaning = ({ details, message }: ApiError): string =>
  details ? 'A field is not valid; `details` names each such field.' : message;

function errorHeaders({ retryAfterMs, headers }: ApiError): Record<string, DocumentedHeader> | undefined {
  if (retryAfterMs !== undefined)
    return { 'Retry-After': { description: 'Seconds to wait before the next try', schema: integer(1) } };
  if (headers['www-authenticate'] !== undefined)
    return { 'WWW-Authenticate': { description: 'The scheme, `Bearer`', schema: { type: 'string' } } };
  return undefined;
}
