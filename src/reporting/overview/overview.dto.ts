import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { fraction, integer } from '../../common/rest/api.docs.js';
import type { TokenStatus } from '../../token/status/token.status.js';
import { TokenView } from '../../token/token.view.js';
import { END_KEYS, type EndKey } from '../usage/usage.ends.js';

const count = (description?: string) => ApiProperty({ ...integer(0), ...(description && { description }) });
const figure = (description: string) =>
  ApiProperty({
    ...integer(0),
    description: `${description}; null while events are off or cannot be read`,
    nullable: true,
  });

export class ProjectCountsOfAll {
  @count('Those that requests can use')
  active!: number;
  @count('Deleted ones are not among them')
  total!: number;
}

/** Tokens by status; each is counted once. */
export class TokenCountsView implements Record<TokenStatus, number> {
  @count()
  active!: number;
  @count('Usable, with a fifth or less left')
  withering!: number;
  @count()
  expired!: number;
  @count()
  exhausted!: number;
  @count()
  revoked!: number;
  @count()
  project_inactive!: number;
  @count()
  total!: number;
}

export class OverviewPointView {
  @ApiProperty({ description: 'The start of the hour', type: String, format: 'date-time' })
  at!: string;
  @ApiProperty({
    description: `Requests by end: ${END_KEYS.join(', ')}; an end without requests is absent`,
    type: 'object',
    additionalProperties: integer(0),
  })
  values!: Record<string, number>;
}

export class OverviewEndView {
  @ApiProperty({ enum: END_KEYS })
  end!: EndKey;
  @count()
  count!: number;
}

/** What the first page of the web interface shows. */
export class OverviewView {
  @ApiProperty({ description: 'When it was counted', type: String, format: 'date-time' })
  at!: string;
  @ApiProperty({ type: ProjectCountsOfAll })
  projects!: ProjectCountsOfAll;
  @ApiProperty({ type: TokenCountsView })
  tokens!: TokenCountsView;
  @figure('Requests of the last 24 hours, refused ones included')
  requests_24h!: number | null;
  @figure('Requests of the 24 hours before')
  requests_before!: number | null;
  @figure('Requests of the last 24 hours with an error')
  failed_24h!: number | null;
  @figure('List price of the last 24 hours, in micro-dollars')
  cost_24h_micro_usd!: number | null;
  @figure('List price of the 24 hours before, in micro-dollars')
  cost_before_micro_usd!: number | null;
  @figure('Requests of the last 24 hours without a price: their cost is unknown, not zero')
  unpriced_24h!: number | null;
  @count(
    'Requests with a token that run now on all replicas; those of a replica that does not answer at once are not among them',
  )
  running!: number;
  @ApiPropertyOptional({
    ...fraction(),
    description: 'The median of what this server takes before an upstream sees a request; absent without a request',
  })
  overhead_p50_ms?: number;
  @ApiPropertyOptional({ ...fraction(), description: '99 of 100 requests take at most so long' })
  overhead_p99_ms?: number;
  @ApiPropertyOptional({ description: 'When this server began to measure', type: String, format: 'date-time' })
  overhead_since?: string;
  @ApiProperty({ description: 'The last 24 hours; empty without events', type: [OverviewPointView] })
  points!: OverviewPointView[];
  @ApiProperty({ description: 'Failures of the last 24 hours, the most frequent first', type: [OverviewEndView] })
  ends!: OverviewEndView[];
  @ApiProperty({ description: 'The withering tokens that expire first, five at most', type: [TokenView] })
  withering!: TokenView[];
}
