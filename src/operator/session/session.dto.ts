import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, Matches } from 'class-validator';
import { EXAMPLE_IDS, integer } from '../../common/rest/api.docs.js';
import { IsName, MayBeAbsent } from '../../common/rest/field.rules.js';
import { type Role, ROLES } from '../../common/values/actor.js';

const DATE = { type: String, format: 'date-time' } as const;
const UUID = { type: String, format: 'uuid' } as const;
const OF_SESSION = 'Absent for a call with a bearer credential';
const MAX_NAME = 60;
/** Without characters of no width and those that direct text: two names that look the same are the same. */
const VISIBLE = /^[^\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]*$/;

export class SignIn {
  @ApiPropertyOptional({ description: 'The session outlives the browser', type: Boolean, default: false })
  @MayBeAbsent()
  @IsBoolean({ message: 'remember must be true or false' })
  remember?: boolean;

  @ApiPropertyOptional({
    description: 'What the person calls itself, for the audit log; nobody checks it',
    type: String,
    minLength: 1,
    maxLength: MAX_NAME,
    example: 'Ana',
  })
  @MayBeAbsent()
  @Matches(VISIBLE, { message: 'name must not contain characters that are not seen or change the direction of text' })
  @IsName(MAX_NAME)
  name?: string;
}

export class OtherSessions {
  @ApiProperty({ description: 'All sessions but that of this call', enum: ['this'] })
  @IsIn(['this'], { message: 'except must be this' })
  except!: 'this';
}

export class SessionView {
  @ApiProperty({ description: 'What this call is made with', enum: ['session', 'bearer'] })
  via!: 'session' | 'bearer';
  @ApiPropertyOptional({ ...UUID, description: OF_SESSION, example: EXAMPLE_IDS.session })
  id?: string;
  @ApiPropertyOptional({
    description: 'The name of the operator, else that of the login',
    type: String,
    example: 'Ana',
  })
  name?: string;
  @ApiProperty({ enum: ROLES, example: 'admin' })
  role!: Role;
  @ApiProperty({ ...UUID, isArray: true, nullable: true, description: 'null = all', example: null })
  projects!: string[] | null;
  @ApiPropertyOptional({
    description: `The session outlives the browser. ${OF_SESSION}`,
    type: Boolean,
    example: false,
  })
  remember?: boolean;
  @ApiPropertyOptional({ ...DATE, description: OF_SESSION, example: '2026-01-31T12:00:00.000Z' })
  created_at?: string;
  @ApiPropertyOptional({ ...DATE, description: OF_SESSION, example: '2026-02-01T00:00:00.000Z' })
  expires_at?: string;
  @ApiPropertyOptional({
    ...integer(1),
    description: `After this time without a call the session ends. ${OF_SESSION}`,
    example: 3600,
  })
  idle_seconds?: number;
  @ApiPropertyOptional({
    ...DATE,
    description: `Until then no call is refused with \`confirmation_required\`. ${OF_SESSION}`,
    example: '2026-02-01T00:00:00.000Z',
  })
  fresh_until?: string;
  @ApiProperty({
    ...integer(0),
    description: 'The longest time of a session that outlives the browser; 0 = there is none',
    example: 2_592_000,
  })
  remember_seconds!: number;
}

export class ListedSession {
  @ApiProperty({ ...UUID, example: EXAMPLE_IDS.session })
  id!: string;
  @ApiPropertyOptional({ description: 'What the person calls itself', type: String, example: 'Ana' })
  name?: string;
  @ApiPropertyOptional({ ...UUID, description: 'Absent for the management token', example: EXAMPLE_IDS.operator })
  operator_id?: string;
  @ApiPropertyOptional({ type: String, example: 'ana' })
  operator_name?: string;
  @ApiProperty({ description: 'The session outlives the browser', type: Boolean, example: false })
  remember!: boolean;
  @ApiProperty({ ...DATE, example: '2026-01-31T12:00:00.000Z' })
  created_at!: string;
  @ApiProperty({ ...DATE, description: 'To the minute', example: '2026-01-31T12:45:00.000Z' })
  last_seen_at!: string;
  @ApiProperty({ ...DATE, example: '2026-02-01T00:00:00.000Z' })
  expires_at!: string;
  @ApiProperty({ description: 'Of the login', type: String, example: '192.0.2.7' })
  client_ip!: string;
  @ApiPropertyOptional({ description: 'Of the login', type: String, example: 'Mozilla/5.0 (X11; Linux x86_64)' })
  user_agent?: string;
  @ApiProperty({ description: 'This call is made in it', type: Boolean, example: true })
  is_this!: boolean;
}

export class EndedSessions {
  @ApiProperty({ ...integer(0), example: 2 })
  ended_count!: number;
}
