import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Trimmed } from '../../common/rest/field.rules.js';

const MAX_LENGTH = 512;
const LENGTH = `token must have 1 to ${MAX_LENGTH} characters`;

export class LookupToken {
  @ApiProperty({
    description: 'The whole secret, or a display form such as `sk-wt-AbCd…wXyZ`',
    type: String,
    minLength: 1,
    maxLength: MAX_LENGTH,
    example: 'sk-wt-AbCd…wXyZ',
  })
  @Length(1, MAX_LENGTH, { message: LENGTH })
  @IsString({ message: 'token must be text' })
  @Trimmed()
  token!: string;
}
