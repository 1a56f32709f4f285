import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { EXAMPLE_IDS, integer } from '../../common/rest/api.docs.js';
import { MayBeAbsent } from '../../common/rest/field.rules.js';

export const STREAM_KINDS = ['sse', 'http', 'websocket'] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/** The newest of one answer; there may be more. */
export const MAX_STREAMS = 500;

const PROJECT = { type: String, format: 'uuid', example: EXAMPLE_IDS.project } as const;
const TOKEN = { type: String, format: 'uuid', example: EXAMPLE_IDS.token } as const;
const SILENT = {
  description: 'The names of the replicas that did not answer within 1.5 s',
  type: String,
  isArray: true,
  example: [],
} as const;

/** Which running requests are meant. */
export class StreamScope {
  @ApiPropertyOptional({ ...TOKEN, description: 'Only those of this token' })
  @MayBeAbsent()
  @IsUUID('all', { message: 'token_id must be a UUID' })
  token_id?: string;

  @ApiPropertyOptional({ ...PROJECT, description: 'Only those of this project' })
  @MayBeAbsent()
  @IsUUID('all', { message: 'project_id must be a UUID' })
  project_id?: string;
}

export class StreamQuery extends StreamScope {}

export class EndStreams extends StreamScope {}

/** A running request, as the replica that serves it knows it. */
export class RunningStream {
  @ApiProperty({
    description: 'Of this server, unlike `request_id`, which a client may send twice',
    type: String,
    format: 'uuid',
    example: EXAMPLE_IDS.stream,
  })
  id!: string;
  @ApiProperty({ description: 'As in `X-Request-Id` and in the log', type: String })
  request_id!: string;
  @ApiProperty(TOKEN)
  token_id!: string;
  @ApiProperty(PROJECT)
  project_id!: string;
  @ApiProperty({ description: 'The name of the replica that serves it', type: String, example: 'proxy-1/17' })
  replica!: string;
  @ApiProperty({
    description: '`sse` is a response that is an event stream, `http` any other request',
    enum: STREAM_KINDS,
    example: 'sse',
  })
  kind!: StreamKind;
  @ApiProperty({ type: String, example: 'POST' })
  method!: string;
  @ApiProperty({ description: 'Without the query', type: String, example: '/v1/chat/completions' })
  path!: string;
  @ApiPropertyOptional({ description: 'The model that the request names', type: String, example: 'gpt-4o' })
  model?: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  started_at!: string;
  @ApiProperty({ ...integer(0), description: 'Bytes of the request body so far', example: 412 })
  bytes_in!: number;
  @ApiProperty({ ...integer(0), description: 'Bytes of the response body so far', example: 18_230 })
  bytes_out!: number;
}

export class StreamView extends RunningStream {
  @ApiPropertyOptional({
    description: 'The name of the token, or its display form',
    type: String,
    example: 'nightly job',
  })
  token_name?: string;
}

export class StreamListView {
  @ApiProperty({ description: `The newest first, at most ${MAX_STREAMS}`, type: [StreamView] })
  streams!: StreamView[];
  @ApiProperty({ description: 'There are more', type: Boolean, example: false })
  truncated!: boolean;
  @ApiProperty(SILENT)
  silent!: string[];
}

export class EndedStream {
  @ApiProperty({ description: 'False: another call, or the request itself, was faster', type: Boolean, example: true })
  ended!: boolean;
}

export class EndedStreams {
  @ApiProperty({ ...integer(0), example: 3 })
  ended_count!: number;
  @ApiProperty(SILENT)
  silent!: string[];
}
