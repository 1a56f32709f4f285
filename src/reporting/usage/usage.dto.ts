import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { integer } from '../../common/rest/api.docs.js';
import { type Interval, INTERVALS } from '../time/time.points.js';
import type { Priced } from './usage.fold.js';

const count = (description: string) => ApiProperty({ ...integer(0), description });

/** Sums of requests. Tokens and cost are those of the provider's figures; estimated ones are apart. */
export class UsageSumsView {
  @count('Requests, refused ones included')
  requests!: number;
  @count('Requests with an error: a status of 400 or more, or an end other than `ok`')
  failed!: number;
  @count('Input tokens, cached ones included')
  input_tokens!: number;
  @count('Input tokens that were read from a cache')
  cached_input_tokens!: number;
  @count('Output tokens, reasoning included')
  output_tokens!: number;
  @count('Output tokens of reasoning')
  reasoning_tokens!: number;
  @count('List price of the day, in micro-dollars')
  cost_micro_usd!: number;
  @count('Requests whose tokens are estimated')
  estimated_requests!: number;
  @count('Estimated input tokens')
  estimated_input_tokens!: number;
  @count('Estimated output tokens')
  estimated_output_tokens!: number;
  @count('List price of the estimated tokens, in micro-dollars')
  estimated_cost_micro_usd!: number;
  @count('Requests without a price; their cost is unknown, not zero')
  unpriced_requests!: number;
  @count('Requests whose usage is unknown')
  unknown_requests!: number;
}

export class UsageSeriesView {
  @ApiProperty({
    description: 'The id or name of the group; `other` for the rest, `none` for requests without one',
    type: String,
  })
  key!: string;
  @ApiProperty({ type: String, example: 'Search team' })
  name!: string;
}

export class UsageRowView extends UsageSumsView {
  @ApiProperty({ description: 'The key of the series', type: String })
  key!: string;
  @ApiProperty({ type: String, example: 'Search team' })
  name!: string;
}

export class UsagePointView {
  @ApiProperty({ description: 'The start of the point', type: String, format: 'date-time' })
  at!: string;
  @ApiProperty({
    description: 'The metric by key of the series; a series without requests is absent',
    type: 'object',
    additionalProperties: integer(0),
  })
  values!: Record<string, number>;
  @ApiPropertyOptional({ ...integer(0), description: 'The metric of all series in the period before' })
  before?: number;
}

export class UsageView {
  @ApiProperty({ type: String, format: 'date-time' })
  from!: string;
  @ApiProperty({ description: 'Exclusive', type: String, format: 'date-time' })
  to!: string;
  @ApiProperty({ type: String, example: 'Europe/Berlin' })
  tz!: string;
  @ApiProperty({ enum: INTERVALS })
  interval!: Interval;
  @ApiProperty({ description: 'The largest first; `other` is the last', type: [UsageSeriesView] })
  series!: UsageSeriesView[];
  @ApiProperty({ type: [UsagePointView] })
  points!: UsagePointView[];
  @ApiProperty({ description: 'The sums of each series', type: [UsageRowView] })
  rows!: UsageRowView[];
  @ApiProperty({ description: 'The sums of all rows', type: UsageSumsView })
  totals!: UsageSumsView;
  @ApiPropertyOptional({ description: 'The sums of the period before', type: UsageSumsView })
  before?: UsageSumsView;
  @count('Requests whose tokens are estimated')
  estimated_requests!: number;
  @count('Requests without a price')
  unpriced_requests!: number;
  @ApiProperty({
    description: 'The newest date of the price list',
    type: String,
    nullable: true,
    example: '2026-11-20',
  })
  prices_as_of!: string | null;
}

export const sumsView = ({ sums, costMicroUsd, estimatedCostMicroUsd }: Priced): UsageSumsView => ({
  requests: sums.requests,
  failed: sums.failed,
  input_tokens: sums.input,
  cached_input_tokens: sums.cached,
  output_tokens: sums.output,
  reasoning_tokens: sums.reasoning,
  cost_micro_usd: costMicroUsd,
  estimated_requests: sums.estimated,
  estimated_input_tokens: sums.estimatedInput,
  estimated_output_tokens: sums.estimatedOutput,
  estimated_cost_micro_usd: estimatedCostMicroUsd,
  unpriced_requests: sums.unpriced,
  unknown_requests: sums.unknown,
});
