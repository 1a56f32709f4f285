import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import type { ProjectLimitFields } from '../../../project/project.limits.dto.js';
import type { ProjectView } from '../../../project/project.view.js';
import { type Limit, limit, limitOf, wholeNumber } from '../../terminal/option.values.js';
import { DescribedCommand } from '../fields/described.command.js';
import type { ManageOptions } from '../manage.command.js';

export interface ProjectLimitOptions extends ManageOptions {
  rateLimitPerMinute?: Limit;
  maxConcurrent?: Limit;
  maxRequestsPerDay?: Limit;
  maxRequestsPerMonth?: Limit;
}

/** The options as fields of the management API. */
export const projectLimitsOf = (options: ProjectLimitOptions): ProjectLimitFields => ({
  rate_limit_per_minute: limitOf(options.rateLimitPerMinute),
  max_concurrent: limitOf(options.maxConcurrent),
  max_requests_per_day: limitOf(options.maxRequestsPerDay),
  max_requests_per_month: limitOf(options.maxRequestsPerMonth),
});

const requests = (name: string, value: string): Limit => (value === 'none' ? 'none' : wholeNumber(name, value, 1));

/** A command that creates or changes a project. */
@Injectable()
export abstract class ProjectLimitsCommand extends DescribedCommand {
  @Option({ flags: '--rate-limit-per-minute <n|none>', description: 'requests of all its tokens per minute' })
  parseRateLimitPerMinute(value: string): Limit {
    return limit('--rate-limit-per-minute', value);
  }

  @Option({
    flags: '--max-concurrent <n|none>',
    description: 'concurrent requests and WebSockets of all its tokens',
  })
  parseMaxConcurrent(value: string): Limit {
    return limit('--max-concurrent', value);
  }

  @Option({ flags: '--max-requests-per-day <n|none>', description: 'requests of all its tokens in a day of UTC' })
  parseMaxRequestsPerDay(value: string): Limit {
    return requests('--max-requests-per-day', value);
  }

  @Option({ flags: '--max-requests-per-month <n|none>', description: 'requests of all its tokens in a month of UTC' })
  parseMaxRequestsPerMonth(value: string): Limit {
    return requests('--max-requests-per-month', value);
  }
}

/** `12 of 100`; undefined without a cap. */
const used = (count: number | null, cap: number | null): string | undefined =>
  cap === null ? undefined : `${count ?? 0} of ${cap}`;

/** The limits that a project has, as lines of its description. */
export function limitLines(project: ProjectView): [label: string, value: string][] {
  const lines: [string, string | undefined][] = [
    ['Rate limit', project.rate_limit_per_minute === null ? undefined : `${project.rate_limit_per_minute} a minute`],
    ['Concurrency', project.max_concurrent === null ? undefined : String(project.max_concurrent)],
    ['Requests today', used(project.requests_today, project.max_requests_per_day)],
    ['This month', used(project.requests_this_month, project.max_requests_per_month)],
  ];
  return lines.filter((line): line is [string, string] => line[1] !== undefined);
}
