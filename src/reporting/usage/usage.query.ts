import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { EXAMPLE_IDS, integer } from '../../common/rest/api.docs.js';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { wholeNumber } from '../../common/rest/paging.js';
import { validator } from '../../common/rest/validator.js';
import { queryDateOrInstantProblem } from '../../common/rest/date.time.js';
import { type Interval, INTERVALS } from '../time/time.points.js';
import { type Metric, METRICS } from './usage.fold.js';
import { MAX_DAYS } from './usage.period.js';

export const GROUPS = ['none', 'project', 'token', 'model', 'route', 'tier', 'end'] as const;
export type GroupBy = (typeof GROUPS)[number];
export const MAX_TOP = 1000;

const IsDateOrInstant = validator('isDateOrInstant', queryDateOrInstantProblem);
const oneOf = (field: string, values: readonly string[]) => ({ message: `${field} must be ${values.join(', ')}` });

export class UsageQuery {
  @ApiPropertyOptional({
    description:
      'The start: RFC 3339, or a date, which is the start of that day in `tz`. Rounded down to a quarter hour. Without it 30 days, today included',
    type: String,
    example: '2026-11-01',
  })
  @MayBeAbsent()
  @IsDateOrInstant()
  from?: string;

  @ApiPropertyOptional({
    description: 'The end, exclusive, as `from`; rounded up to a quarter hour. Without it now',
    type: String,
    example: '2026-12-01',
  })
  @MayBeAbsent()
  @IsDateOrInstant()
  to?: string;

  @ApiPropertyOptional({
    description: 'A name of the IANA time zone database; days and months are those of this zone',
    type: String,
    default: 'UTC',
    example: 'Europe/Berlin',
  })
  @MayBeAbsent()
  @IsString({ message: 'tz must be text' })
  tz?: string;

  @ApiPropertyOptional({
    description:
      `The length of a point. The range has at most ${MAX_DAYS.hour} days by hour, ${MAX_DAYS.day} days otherwise. ` +
      'Without it by hour up to 3 days, by day up to 100 days, else by month',
    enum: INTERVALS,
  })
  @MayBeAbsent()
  @IsIn(INTERVALS, oneOf('interval', INTERVALS))
  interval?: Interval;

  @ApiPropertyOptional({
    description:
      'What a series is. By `end` there are counts alone: tokens and cost are in the series `any`, and all ends are shown unless `top` says otherwise',
    enum: GROUPS,
    default: 'none',
  })
  @MayBeAbsent()
  @IsIn(GROUPS, oneOf('group_by', GROUPS))
  group_by?: GroupBy;

  @ApiPropertyOptional({
    description: 'The values of points, and what the largest series have most of; `cost` is in micro-dollars',
    enum: METRICS,
    default: 'cost',
  })
  @MayBeAbsent()
  @IsIn(METRICS, oneOf('metric', METRICS))
  metric?: Metric;

  @ApiPropertyOptional({ description: 'Only this project', type: String, format: 'uuid', example: EXAMPLE_IDS.project })
  @MayBeAbsent()
  @IsUUID('all', { message: 'project_id must be a UUID' })
  project_id?: string;

  @ApiPropertyOptional({ description: 'Only this token', type: String, format: 'uuid', example: EXAMPLE_IDS.token })
  @MayBeAbsent()
  @IsUUID('all', { message: 'token_id must be a UUID' })
  token_id?: string;

  @ApiPropertyOptional({ description: 'Only this model, by its name in the price list', type: String, maxLength: 200 })
  @MayBeAbsent()
  @Length(1, 200, { message: 'model must have 1 to 200 characters' })
  @IsString({ message: 'model must be text' })
  model?: string;

  @ApiPropertyOptional({ description: 'Also the sums of the period before', enum: ['previous'] })
  @MayBeAbsent()
  @IsIn(['previous'], { message: 'compare must be previous' })
  compare?: 'previous';

  @ApiPropertyOptional({
    ...integer(1, MAX_TOP),
    description: 'Number of series; the rest is summed in the series `other`',
    default: 7,
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'top must be a whole number' })
  @Min(1, { message: 'top must be 1 or more' })
  @Max(MAX_TOP, { message: `top must be ${MAX_TOP} or less` })
  top?: number;

  @ApiPropertyOptional({
    description: 'CSV has one line for each series in each point',
    enum: ['json', 'csv'],
    default: 'json',
  })
  @MayBeAbsent()
  @IsIn(['json', 'csv'], { message: 'format must be json, csv' })
  format?: 'json' | 'csv';
}
