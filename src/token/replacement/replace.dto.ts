import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { integer } from '../../common/rest/api.docs.js';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { MAX_DURATION_MINUTES, MAX_OVERLAP_MINUTES } from '../../common/values/limits.js';

const OVERLAP = `overlap_minutes must be a whole number from 0 to ${MAX_OVERLAP_MINUTES}`;
const DURATION = `duration_minutes must be a whole number from 1 to ${MAX_DURATION_MINUTES}`;

export class ReplaceToken {
  @ApiProperty({
    ...integer(0, MAX_OVERLAP_MINUTES),
    description: 'How long the old token lives on; 0 = it ends at once',
    example: 60,
  })
  @IsInt({ message: OVERLAP })
  @Min(0, { message: OVERLAP })
  @Max(MAX_OVERLAP_MINUTES, { message: OVERLAP })
  overlap_minutes!: number;

  @ApiPropertyOptional({
    ...integer(1, MAX_DURATION_MINUTES),
    description:
      'Lifetime of the new token from now; without it that of the old one, at most the maximum of the project',
    example: 43_200,
  })
  @MayBeAbsent()
  @IsInt({ message: DURATION })
  @Min(1, { message: DURATION })
  @Max(MAX_DURATION_MINUTES, { message: DURATION })
  duration_minutes?: number;
}
