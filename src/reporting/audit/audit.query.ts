import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import { TEXT_COLUMNS } from '../../audit/row/audit.columns.js';
import { ACTIONS, type Action } from '../../common/audit/audit.action.js';
import { type Origin, ORIGINS } from '../../common/audit/management.call.js';
import { type Outcome, OUTCOMES } from '../../common/audit/outcome.js';
import { type Author, AUTHORS } from '../../common/values/actor.js';
import { EXAMPLE_IDS, integer } from '../../common/rest/api.docs.js';
import { queryInstantProblem } from '../../common/rest/date.time.js';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { wholeNumber } from '../../common/rest/paging.js';
import { IsSearch, SEARCH } from '../../common/rest/search.rules.js';
import { validator } from '../../common/rest/validator.js';

export const FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof FORMATS)[number];
const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;
const MAX_PAGE = 1_000_000;

const IsInstant = validator('isInstant', queryInstantProblem);
const oneOf = (words: readonly string[]) => (field: string) => ({ message: `${field} must be ${words.join(', ')}` });
const id = (description: string, example?: string) =>
  ApiPropertyOptional({ description, type: String, format: 'uuid', ...(example !== undefined && { example }) });
const word = (description: string) => ApiPropertyOptional({ ...SEARCH, description });
const time = (description: string) => ApiPropertyOptional({ description, type: String, format: 'date-time' });

/** Filters of the audit log. A row must have all of them. */
export class AuditFilterQuery {
  @ApiPropertyOptional({ description: 'What was done', enum: ACTIONS })
  @MayBeAbsent()
  @IsIn(ACTIONS, { message: 'action must be an action of the audit log, such as token.create' })
  action?: Action;

  @ApiPropertyOptional({ description: 'The kind of the author', enum: AUTHORS })
  @MayBeAbsent()
  @IsIn(AUTHORS, oneOf(AUTHORS)('actor'))
  actor?: Author;

  @id('The id of the operator', EXAMPLE_IDS.operator)
  @MayBeAbsent()
  @IsUUID('all', { message: 'actor_id must be a UUID' })
  actor_id?: string;

  @ApiPropertyOptional({ description: 'The interface that the call came in through', enum: ORIGINS })
  @MayBeAbsent()
  @IsIn(ORIGINS, oneOf(ORIGINS)('origin'))
  origin?: Origin;

  @ApiPropertyOptional({ description: '`denied` is a refused credential or role', enum: OUTCOMES })
  @MayBeAbsent()
  @IsIn(OUTCOMES, oneOf(OUTCOMES)('outcome'))
  outcome?: Outcome;

  @id('Only of this project', EXAMPLE_IDS.project)
  @MayBeAbsent()
  @IsUUID('all', { message: 'project_id must be a UUID' })
  project_id?: string;

  @id('Only of this token', EXAMPLE_IDS.token)
  @MayBeAbsent()
  @IsUUID('all', { message: 'token_id must be a UUID' })
  token_id?: string;

  @id('Only about this subject, such as an operator', EXAMPLE_IDS.operator)
  @MayBeAbsent()
  @IsUUID('all', { message: 'subject_id must be a UUID' })
  subject_id?: string;

  @word('The `X-Request-Id` of the call')
  @IsSearch('request_id')
  request_id?: string;

  @word('The `X-Correlation-Id` of the call')
  @IsSearch('correlation_id')
  correlation_id?: string;

  @word('The address of the client')
  @IsSearch('client_ip')
  client_ip?: string;

  @word('The method of the call')
  @IsSearch('method')
  method?: string;

  @ApiPropertyOptional({ ...SEARCH, maxLength: TEXT_COLUMNS.path, description: 'The whole path of the call' })
  @IsSearch('path', TEXT_COLUMNS.path)
  path?: string;

  @ApiPropertyOptional({
    ...SEARCH,
    description:
      'A part of the request id, correlation id, address, action, actor, name of the actor, method, path, reason, changes ' +
      'or metadata, in any case; for others than admins, not the changes of projects. A whole UUID is looked for in all ids too: the first page also has the rows that are found by ' +
      'these, however old, and they come again in their place.',
  })
  @IsSearch('search')
  search?: string;

  @time('Only rows of this time or later')
  @MayBeAbsent()
  @IsInstant()
  start_time?: string;

  @time('Only rows before this time')
  @MayBeAbsent()
  @IsInstant()
  end_time?: string;

  @time('The same as `start_time`')
  @MayBeAbsent()
  @IsInstant()
  from?: string;

  @time('The same as `end_time`')
  @MayBeAbsent()
  @IsInstant()
  to?: string;
}

export class AuditQuery extends AuditFilterQuery {
  @ApiPropertyOptional({
    ...integer(1, MAX_PAGE),
    description:
      'Number of the page, from 1. With a filter by one value, a page more than 10,000 rows from both ends of the list is ' +
      'refused: use `before`.',
    default: 1,
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'page must be a whole number' })
  @Min(1, { message: 'page must be 1 or more' })
  @Max(MAX_PAGE, { message: `page must be ${MAX_PAGE} or less` })
  page?: number;

  @ApiPropertyOptional({
    ...integer(1),
    description: `Rows on a page; more than ${MAX_PAGE_SIZE} means ${MAX_PAGE_SIZE}`,
    default: DEFAULT_PAGE_SIZE,
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'page_size must be a whole number' })
  @Min(1, { message: 'page_size must be 1 or more' })
  page_size?: number;

  @ApiPropertyOptional({
    ...integer(1),
    description: 'Only rows with a smaller number, such as `next_before`; pages and totals are those of these rows',
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'before must be a whole number' })
  @Min(1, { message: 'before must be 1 or more' })
  before?: number;
}

export class AuditExportQuery extends AuditFilterQuery {
  @ApiPropertyOptional({ description: 'JSON a line, or CSV', enum: FORMATS, default: 'jsonl' })
  @MayBeAbsent()
  @IsIn(FORMATS, oneOf(FORMATS)('format'))
  format?: ExportFormat;
}

/** The page from 1 and its size in rows. */
export const pageOf = ({ page = 1, page_size: size = DEFAULT_PAGE_SIZE }: AuditQuery) => ({
  page,
  size: Math.min(size, MAX_PAGE_SIZE),
});
