import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Fault, Verdict } from '../../audit/chain/chain.fault.js';
import type { SignedHead } from '../../audit/chain/signed.head.js';
import type { AuditRow } from '../../audit/row/audit.row.js';
import { ACTIONS } from '../../common/audit/audit.action.js';
import { EXAMPLE_IDS, integer } from '../../common/rest/api.docs.js';
import { ORIGINS } from '../../common/audit/management.call.js';
import { OUTCOMES } from '../../common/audit/outcome.js';
import { AUTHORS } from '../../common/values/actor.js';

const text = (description: string) => ApiPropertyOptional({ type: String, description });
const id = (description: string, example?: string) =>
  ApiPropertyOptional({ type: String, format: 'uuid', description, ...(example !== undefined && { example }) });
const hash = (description: string) => ApiProperty({ type: String, description, minLength: 64, maxLength: 64 });
const time = (description: string) => ApiProperty({ type: String, format: 'date-time', description });

/** A row of the audit log. What it does not have is absent. */
export class AuditEventView implements AuditRow {
  @ApiProperty({ type: String, format: 'uuid' })
  id!: string;
  @ApiProperty({ ...integer(1), description: 'The place in the log: 1, 2, 3 … without gaps' })
  seq!: number;
  @time('It never falls from one row to the next')
  at!: string;
  @ApiProperty({ description: 'What was done', enum: ACTIONS })
  action!: AuditRow['action'];
  @ApiProperty({ description: 'The kind of the author; `management_api` is the root credential', enum: AUTHORS })
  actor!: AuditRow['actor'];
  @id('Of an operator', EXAMPLE_IDS.operator)
  actor_id?: string;
  @text('The name of the operator at that time')
  actor_name?: string;
  @id('The session of the web interface')
  session_id?: string;
  @ApiProperty({ description: 'The interface that the call came in through, as the client says', enum: ORIGINS })
  origin!: AuditRow['origin'];
  @ApiProperty({ description: '`denied` is a refused credential or role', enum: OUTCOMES })
  outcome!: AuditRow['outcome'];
  @text('The code of the refusal')
  reason?: string;
  @id('The project that the row is about', EXAMPLE_IDS.project)
  project_id?: string;
  @id('The token that the row is about', EXAMPLE_IDS.token)
  token_id?: string;
  @id('Another subject, such as an operator')
  subject_id?: string;
  @text('As in `X-Request-Id` and in the log')
  request_id?: string;
  @text('The value of `X-Correlation-Id`')
  correlation_id?: string;
  @text('The address of the client')
  client_ip?: string;
  @text('As the client says')
  user_agent?: string;
  @text('The method of the call')
  method?: string;
  @text('The path of the call, without its query')
  path?: string;
  @ApiPropertyOptional({
    description:
      'The old and the new value of each changed field; keys in their display form. For others than admins, an `api_key` is ' +
      '`set` or `changed`: such a row is not the one that its `hash` is of.',
    type: 'object',
    additionalProperties: true,
  })
  changes?: NonNullable<AuditRow['changes']>;
  @ApiPropertyOptional({ description: 'More, by action', type: 'object', additionalProperties: true })
  metadata?: NonNullable<AuditRow['metadata']>;
  @hash('The hash of the row before')
  prev_hash!: string;
  @hash('SHA-256 of the canonical JSON (RFC 8785) of the row without `hash`, `signature` and `key_id`')
  hash!: string;
  @text('Ed25519, base64; with AUDIT_SIGNING_KEY')
  signature?: string;
  @text('The id of the signing key')
  key_id?: string;
}

export class AuditPaginationView {
  @ApiProperty(integer(1))
  page!: number;
  @ApiProperty(integer(1))
  page_size!: number;
  @ApiProperty({ ...integer(0), description: 'Rows on all pages; with `before`, only those before it' })
  total_count!: number;
  @ApiProperty(integer(0))
  total_pages!: number;
  @ApiProperty({ type: Boolean })
  has_next!: boolean;
  @ApiProperty({ type: Boolean, description: 'Whether `page` is above 1, also with `before`' })
  has_prev!: boolean;
  @ApiPropertyOptional({ description: 'There may be more rows than `total_count`', type: Boolean })
  total_is_minimum?: boolean;
  @ApiPropertyOptional({
    ...integer(1),
    description:
      '`before` of the rows that follow. A page may have fewer rows than asked for, or none, and more may follow: ' +
      'a search looks at a bounded number of rows.',
  })
  next_before?: number;
}

export class AuditListView {
  @ApiProperty({ type: [AuditEventView] })
  events!: readonly AuditEventView[];
  @ApiProperty({ type: AuditPaginationView })
  pagination!: AuditPaginationView;
}

export class AuditFaultView implements Fault {
  @ApiProperty(integer(1))
  seq!: number;
  @ApiProperty({ enum: ['changed', 'missing', 'inserted', 'reordered', 'truncated'] })
  why!: Fault['why'];
  @id('The id of the row that is there now')
  id?: string;
  @text('More: `signature`, `key` or `noted head`')
  detail?: string;
}

export class AuditSignaturesView {
  @ApiProperty(integer(0))
  checked!: number;
  @ApiProperty({
    type: [String],
    description: 'Keys that only the log itself names; none when the server has a key or one is given',
  })
  unknown_keys!: readonly string[];
}

export class AuditPrunedView {
  @ApiProperty(integer(1))
  to_seq!: number;
  @time('When it was pruned')
  at!: string;
}

/** The result of a verification. */
export class AuditVerdictView implements Verdict {
  @ApiProperty({ enum: ['intact', 'broken', 'empty'] })
  state!: Verdict['state'];
  @ApiProperty({ ...integer(0), description: 'Rows up to the first fault' })
  checked!: number;
  @ApiPropertyOptional(integer(1))
  first_seq?: number;
  @ApiPropertyOptional(integer(1))
  last_seq?: number;
  @text('The hash of the last row')
  head?: string;
  @text('The key of the last row')
  key_id?: string;
  @ApiProperty({ type: AuditSignaturesView })
  signatures!: AuditSignaturesView;
  @ApiPropertyOptional({ type: AuditPrunedView, description: 'The rows before the first one were pruned' })
  pruned?: AuditPrunedView;
  @ApiPropertyOptional({ enum: ['found', 'missing', 'pruned'], description: 'Of `head` in the query' })
  noted_head?: NonNullable<Verdict['noted_head']>;
  @ApiPropertyOptional({ type: AuditFaultView, description: 'The first row that is not what it was' })
  broken_at?: AuditFaultView;
  @time('When the verification ended')
  at!: string;
}

/** The end of the log. */
export class AuditHeadView implements SignedHead {
  @ApiProperty(integer(1))
  seq!: number;
  @hash('The hash of the last row: it proves all rows before it')
  hash!: string;
  @time('The time of the last row')
  at!: string;
  @text('The id of the signing key')
  key_id?: string;
  @text('PEM; absent when this server does not have the key')
  public_key?: string;
  @text('Of the row: Ed25519 over the number and the hash, base64')
  signature?: string;
  @ApiPropertyOptional({
    type: AuditVerdictView,
    description:
      'The verdict of the last verification without `head` and `public_key` since this server process started',
  })
  last_verification?: AuditVerdictView;
}
