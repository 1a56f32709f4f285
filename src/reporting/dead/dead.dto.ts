import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Equals, IsArray, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { integer } from '../../common/rest/api.docs.js';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { wholeNumber } from '../../common/rest/paging.js';
import { entriesProblem, validator } from '../../common/rest/validator.js';

const MAX_NAME = 64;
const MAX_ID = 200;
export const MAX_EVENTS = 500;
const DEFAULT_LIMIT = 100;
const IDS = `must be a list of 1 to ${MAX_EVENTS} ids of events`;

function idsProblem(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_EVENTS) return IDS;
  return entriesProblem(value, (id) =>
    typeof id === 'string' && id.length > 0 && id.length <= MAX_ID ? undefined : 'must be the id of an event',
  );
}

const AreEventIds = validator('areEventIds', idsProblem);

class OfSink {
  @ApiPropertyOptional({
    description: 'Only those of this sink',
    type: String,
    minLength: 1,
    maxLength: MAX_NAME,
    example: 'webhook',
  })
  @MayBeAbsent()
  @Length(1, MAX_NAME, { message: `sink must have 1 to ${MAX_NAME} characters` })
  @IsString({ message: 'sink must be text' })
  sink?: string;
}

export class DeadQuery extends OfSink {
  @ApiPropertyOptional({ ...integer(1, MAX_EVENTS), description: 'Entries at most', default: DEFAULT_LIMIT })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1, { message: 'limit must be 1 or more' })
  @Max(MAX_EVENTS, { message: `limit must be ${MAX_EVENTS} or less` })
  limit: number = DEFAULT_LIMIT;
}

/** Nothing is meant by default: one of the fields has to be there. */
export class DeadChoiceBody extends OfSink {
  @ApiPropertyOptional({
    description: 'Only these',
    type: String,
    isArray: true,
    minItems: 1,
    maxItems: MAX_EVENTS,
    uniqueItems: true,
    example: ['4c1d2f0e-9d54-4a53-8a39-b7a2c8f4a0aa'],
  })
  @AreEventIds()
  @MayBeAbsent()
  @IsArray({ message: `event_ids ${IDS}` })
  event_ids?: string[];

  @ApiPropertyOptional({ description: 'All of all sinks', type: Boolean, enum: [true] })
  @MayBeAbsent()
  @Equals(true, { message: 'all must be true' })
  all?: true;
}

export class DeadEventView {
  @ApiProperty({ type: String, example: 'webhook' })
  sink!: string;
  @ApiProperty({ type: String, example: '4c1d2f0e-9d54-4a53-8a39-b7a2c8f4a0aa' })
  event_id!: string;
  @ApiProperty({ description: 'Why the sink refused it', type: String, example: 'HTTP 400' })
  reason!: string;
  @ApiProperty({ ...integer(1), example: 3 })
  tries!: number;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  first_at!: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:05:00.000Z' })
  last_at!: string;
}

export class ReplayedEvents {
  @ApiProperty({ ...integer(0), description: 'Events that will be delivered again', example: 1 })
  replayed_count!: number;
}

export class DroppedEvents {
  @ApiProperty({ ...integer(0), description: 'Deleted events', example: 1 })
  dropped_count!: number;
}
