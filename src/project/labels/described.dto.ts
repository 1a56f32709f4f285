import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { HasNoSecret, MayBeAbsent, PRINTABLE, Trimmed } from '../../common/rest/field.rules.js';
import { IsLabels, LABELS_FIELD, MAX_LABELS } from './label.rules.js';

const MAX_OWNER = 120;
const MAX_NOTE = 1000;
/** A note may have line breaks. */
const NOTE = /^(?:[^\p{Cc}\u2028\u2029\ud800-\udfff]|[\n\t])*$/u;

/** How the API document shows the fields. */
export const OWNER_FIELD = {
  description: 'Who is responsible',
  type: String,
  nullable: true,
  minLength: 1,
  maxLength: MAX_OWNER,
  example: 'search@example.com',
} as const;
export const NOTE_FIELD = {
  description: 'Text for people; it may have several lines',
  type: String,
  nullable: true,
  minLength: 1,
  maxLength: MAX_NOTE,
} as const;

// Each from its last rule to its first, as stacked decorators run.

const ownerRules = (): PropertyDecorator[] => [
  HasNoSecret(),
  Matches(PRINTABLE, { message: 'owner must not contain control characters' }),
  Length(1, MAX_OWNER, { message: `owner must have 1 to ${MAX_OWNER} characters` }),
  IsString({ message: 'owner must be text' }),
  Trimmed(),
];

/** The person or team that is responsible; null = none. */
export const IsOwner = (): PropertyDecorator => applyDecorators(...ownerRules(), IsOptional());

/** The parameter `owner` of a query. */
export const IsOwnerFilter = (): PropertyDecorator => applyDecorators(...ownerRules(), MayBeAbsent());

/** A note of several lines, or null for none. */
export const IsNote = (): PropertyDecorator =>
  applyDecorators(
    HasNoSecret(),
    Matches(NOTE, { message: 'note must not contain control characters other than line breaks and tabs' }),
    Length(1, MAX_NOTE, { message: `note must have 1 to ${MAX_NOTE} characters` }),
    IsString({ message: 'note must be text' }),
    // A form of a browser sends its line breaks so.
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.replaceAll('\r\n', '\n') : value)),
    IsOptional(),
  );

const LABELS_BODY = `Up to ${MAX_LABELS}; replaces all labels, null removes them`;

/** What a body may say of a token or project for people. */
export class DescribedFields {
  @ApiPropertyOptional({ ...LABELS_FIELD, description: LABELS_BODY })
  @IsLabels()
  labels?: Record<string, string> | null;

  @ApiPropertyOptional(OWNER_FIELD)
  @IsOwner()
  owner?: string | null;

  @ApiPropertyOptional(NOTE_FIELD)
  @IsNote()
  note?: string | null;
}
