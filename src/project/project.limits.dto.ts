import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { integer } from '../common/rest/api.docs.js';
import { CAP_FIELD, IsLimit, LIMIT_FIELD } from '../common/rest/limit.rules.js';
import { monthStart, utcDay } from './ledger/utc.days.js';
import type { ProjectEntity } from './project.entity.js';

/** The limits of all tokens of a project together. */
export class ProjectLimitFields {
  @ApiPropertyOptional({
    ...LIMIT_FIELD,
    description: 'Requests of all its tokens in any minute, all replicas together; null = no limit',
    example: 600,
  })
  @IsLimit()
  rate_limit_per_minute?: number | null;

  @ApiPropertyOptional({
    ...LIMIT_FIELD,
    description: 'Requests and sockets of all its tokens at a time, all replicas together; null = any number',
    example: 20,
  })
  @IsLimit()
  max_concurrent?: number | null;

  @ApiPropertyOptional({
    ...CAP_FIELD,
    description: 'Requests of all its tokens in a day of UTC, exact; null = no cap',
    example: 10_000,
  })
  @IsLimit(Number.MAX_SAFE_INTEGER)
  max_requests_per_day?: number | null;

  @ApiPropertyOptional({
    ...CAP_FIELD,
    description: 'Requests of all its tokens in a month of UTC, exact; null = no cap',
    example: 200_000,
  })
  @IsLimit(Number.MAX_SAFE_INTEGER)
  max_requests_per_month?: number | null;
}

type LimitColumns = Pick<
  ProjectEntity,
  'rateLimitPerMinute' | 'maxConcurrent' | 'maxRequestsPerDay' | 'maxRequestsPerMonth'
>;

/**
 * The columns of the fields that a request contains. A change of the caps leaves the counts as they are, also when the last
 * cap is removed: a cap that is set again on the same day continues the count.
 */
export const limitColumns = (body: ProjectLimitFields): Partial<LimitColumns> => ({
  ...(body.rate_limit_per_minute === undefined ? {} : { rateLimitPerMinute: body.rate_limit_per_minute }),
  ...(body.max_concurrent === undefined ? {} : { maxConcurrent: body.max_concurrent }),
  ...(body.max_requests_per_day === undefined ? {} : { maxRequestsPerDay: body.max_requests_per_day }),
  ...(body.max_requests_per_month === undefined ? {} : { maxRequestsPerMonth: body.max_requests_per_month }),
});

/** The counts of a project with a cap. */
export class ProjectCountsView {
  @ApiProperty({
    ...integer(0),
    description: 'Requests of this day that were counted; null while the project has no cap',
    nullable: true,
    example: null,
  })
  requests_today!: number | null;

  @ApiProperty({
    ...integer(0),
    description: 'Requests of this month that were counted; null while the project has no cap',
    nullable: true,
    example: null,
  })
  requests_this_month!: number | null;
}

export function countsView(project: ProjectEntity, nowMs: number): ProjectCountsView {
  const { maxRequestsPerDay, maxRequestsPerMonth, countDay, dayCount, monthCount } = project;
  if (maxRequestsPerDay === null && maxRequestsPerMonth === null)
    return { requests_today: null, requests_this_month: null };
  const today = utcDay(nowMs);
  return {
    requests_today: countDay < today ? 0 : dayCount,
    requests_this_month: countDay < monthStart(today) ? 0 : monthCount,
  };
}
