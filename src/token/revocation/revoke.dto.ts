import { ApiProperty } from '@nestjs/swagger';
import { IsArray } from 'class-validator';
import { EXAMPLE_IDS, integer } from '../../common/rest/api.docs.js';
import { isUuid } from '../../common/rest/uuid.js';
import { entriesProblem, validator } from '../../common/rest/validator.js';
import { MAX_REVOKED } from '../../common/values/limits.js';

const LENGTH = `must be a list of 1 to ${MAX_REVOKED} ids`;

function idsProblem(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_REVOKED) return LENGTH;
  const wrong = entriesProblem(value, (id) => (typeof id === 'string' && isUuid(id) ? undefined : 'must be a UUID'));
  if (wrong) return wrong;
  const lower = new Set(value.map((id: string) => id.toLowerCase()));
  return lower.size < value.length ? 'must not contain an entry twice' : undefined;
}

const AreIds = validator('areIds', idsProblem);

export class RevokeTokens {
  @ApiProperty({
    description: 'The ids of the tokens',
    type: String,
    format: 'uuid',
    isArray: true,
    minItems: 1,
    maxItems: MAX_REVOKED,
    uniqueItems: true,
    example: [EXAMPLE_IDS.token],
  })
  @AreIds()
  @IsArray({ message: `ids ${LENGTH}` })
  ids!: string[];
}

export class RevokedByIds {
  @ApiProperty({ ...integer(0, MAX_REVOKED), description: 'Revoked by this call', example: 1 })
  revoked_count!: number;
  @ApiProperty({ ...integer(0, MAX_REVOKED), description: 'Revoked before', example: 0 })
  already_revoked_count!: number;
  @ApiProperty({ description: 'Ids that no token has', type: String, format: 'uuid', isArray: true, example: [] })
  not_found!: string[];
}
