import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Matches, Min } from 'class-validator';
import type { Actor } from '../../common/values/actor.js';
import { EXAMPLE_IDS, integer } from '../../common/rest/api.docs.js';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { wholeNumber } from '../../common/rest/paging.js';
import { validator } from '../../common/rest/validator.js';
import { ENDS } from '../../http/exchange.js';
import type { RequestFilter } from '../../events/event/event.queries.js';
import type { ProxyEvent } from '../../events/event/proxy.event.js';
import { queryInstantOf, queryInstantProblem } from '../../common/rest/date.time.js';
import { scopeOf } from '../names/project.scope.js';

/** End words of events: also that of a server that was killed. */
export const EVENT_ENDS = [...ENDS, 'crash'] as const satisfies readonly ProxyEvent['end'][];
const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const MAX_TEXT = 200;
const TEXT = { type: String, maxLength: MAX_TEXT };
const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 200;
/** The form of the cursors that the server gives. */
export const CURSOR = /^\d{1,15}\.\d{1,6}$/;

const IsInstant = validator('isInstant', queryInstantProblem);
const length = (field: string) => ({ message: `${field} must have 1 to ${MAX_TEXT} characters` });
const text = (field: string) => ({ message: `${field} must be text` });

/** Filters of requests that ended, for the list and for the stream, which has no range. */
export class RequestFilters {
  @ApiPropertyOptional({
    description: 'Only of this project',
    type: String,
    format: 'uuid',
    example: EXAMPLE_IDS.project,
  })
  @MayBeAbsent()
  @IsUUID('all', { message: 'project_id must be a UUID' })
  project_id?: string;

  @ApiPropertyOptional({ description: 'Only of this token', type: String, format: 'uuid', example: EXAMPLE_IDS.token })
  @MayBeAbsent()
  @IsUUID('all', { message: 'token_id must be a UUID' })
  token_id?: string;

  @ApiPropertyOptional({ ...TEXT, description: 'The model of the response or of the request' })
  @MayBeAbsent()
  @Length(1, MAX_TEXT, length('model'))
  @IsString(text('model'))
  model?: string;

  @ApiPropertyOptional({ description: 'Class of the status', enum: STATUS_CLASSES })
  @MayBeAbsent()
  @IsIn(STATUS_CLASSES, { message: `status_class must be ${STATUS_CLASSES.join(', ')}` })
  status_class?: (typeof STATUS_CLASSES)[number];

  @ApiPropertyOptional({ description: 'What ended the request', enum: EVENT_ENDS })
  @MayBeAbsent()
  @IsIn(EVENT_ENDS, { message: `end must be ${EVENT_ENDS.join(', ')}` })
  end?: (typeof EVENT_ENDS)[number];

  @ApiPropertyOptional({ ...TEXT, description: 'The beginning of the path', example: '/v1/chat' })
  @MayBeAbsent()
  @Length(1, MAX_TEXT, length('path'))
  @IsString(text('path'))
  path?: string;

  @ApiPropertyOptional({ ...TEXT, description: 'The name of the replica' })
  @MayBeAbsent()
  @Length(1, MAX_TEXT, length('replica'))
  @IsString(text('replica'))
  replica?: string;

  @ApiPropertyOptional({ ...integer(0), description: 'Only requests that took longer, in milliseconds' })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'slower_than_ms must be a whole number' })
  @Min(0, { message: 'slower_than_ms must be 0 or more' })
  slower_than_ms?: number;

  @ApiPropertyOptional({ ...TEXT, description: 'The request id, ours or that of the upstream' })
  @MayBeAbsent()
  @Length(1, MAX_TEXT, length('request_id'))
  @IsString(text('request_id'))
  request_id?: string;
}

export class RequestQuery extends RequestFilters {
  @ApiPropertyOptional({
    description: 'Only requests that began at this time or later',
    type: String,
    format: 'date-time',
  })
  @MayBeAbsent()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ description: 'Only requests that began before this time', type: String, format: 'date-time' })
  @MayBeAbsent()
  @IsInstant()
  to?: string;

  @ApiPropertyOptional({ description: 'Only requests older than the one with this `cursor`', type: String })
  @MayBeAbsent()
  @Matches(CURSOR, { message: 'before must be the cursor of a request' })
  @IsString({ message: 'before must be the cursor of a request' })
  before?: string;

  @ApiPropertyOptional({
    ...integer(1),
    description: `Entries on a page; more than ${MAX_PAGE_SIZE} means ${MAX_PAGE_SIZE}`,
    default: DEFAULT_PAGE_SIZE,
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'page_size must be a whole number' })
  @Min(1, { message: 'page_size must be 1 or more' })
  page_size?: number;
}

export const pageSizeOf = ({ page_size: size }: RequestQuery): number =>
  Math.min(size ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);

/** The filter of a query: only what the query names, and of that what exists for the actor. */
export function filterOf(actor: Actor, query: RequestFilters & Pick<RequestQuery, 'from' | 'to'>): RequestFilter {
  const all: { [K in keyof RequestFilter]: RequestFilter[K] | undefined } = {
    ...scopeOf(actor, query.project_id?.toLowerCase()),
    tokenId: query.token_id?.toLowerCase(),
    model: query.model,
    statusClass: query.status_class === undefined ? undefined : Number(query.status_class[0]),
    end: query.end,
    path: query.path,
    replica: query.replica,
    slowerThanMs: query.slower_than_ms,
    from: query.from === undefined ? undefined : queryInstantOf(query.from),
    to: query.to === undefined ? undefined : queryInstantOf(query.to),
    requestId: query.request_id,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
