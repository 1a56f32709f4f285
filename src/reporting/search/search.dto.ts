import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import { PRINTABLE, Trimmed } from '../../common/rest/field.rules.js';

const MAX_LENGTH = 120;
export const KINDS = ['project', 'token', 'request'] as const;

export class SearchQuery {
  @ApiProperty({
    description:
      'A part of the name of a project, the beginning of the name of a token, an id or the beginning of one (8 characters ' +
      'or more), or the whole id of a request, ours or the upstream’s',
    type: String,
    minLength: 1,
    maxLength: MAX_LENGTH,
    example: 'nightly',
  })
  @Trimmed()
  @Matches(PRINTABLE, { message: 'q must not contain control characters' })
  @Length(1, MAX_LENGTH, { message: `q must have 1 to ${MAX_LENGTH} characters` })
  @IsString({ message: 'q must be text' })
  q!: string;
}

/** Something that has the text. */
export class FoundView {
  @ApiProperty({ enum: KINDS })
  kind!: (typeof KINDS)[number];
  @ApiProperty({ type: String, example: '8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001' })
  id!: string;
  @ApiProperty({ description: 'Its name, or what is shown for one', type: String, example: 'nightly job' })
  title!: string;
  @ApiProperty({ description: 'What tells it from others of that name', type: String, example: 'Search team' })
  text!: string;
}
