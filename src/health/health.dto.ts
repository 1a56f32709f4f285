import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { integer } from '../common/rest/api.docs.js';

export interface Reason {
  status: 'not_ready';
  reason: 'draining' | 'database';
}

export class ReasonView implements Reason {
  @ApiProperty({ enum: ['not_ready'], type: String, example: 'not_ready' })
  status!: 'not_ready';
  @ApiProperty({ enum: ['draining', 'database'], type: String, example: 'database' })
  reason!: 'draining' | 'database';
}

class ChecksView {
  @ApiProperty({ enum: ['ok', 'down'], type: String, example: 'ok' })
  database!: 'ok' | 'down';
  @ApiPropertyOptional({
    description:
      'With a database server only. full: what it has acknowledged survives a crash and a power cut. relaxed: it may not. unknown: it has not responded yet',
    enum: ['full', 'relaxed', 'unknown'],
    type: String,
    example: 'full',
  })
  durability?: 'full' | 'relaxed' | 'unknown';
  @ApiPropertyOptional({ description: 'With REDIS_URL only', enum: ['ok', 'down'], type: String, example: 'ok' })
  redis?: 'ok' | 'down';
  @ApiPropertyOptional({
    description:
      'Unless OBSERVABILITY_ENABLED is false. degraded: events are not stored at the moment, some were dropped, or a sink takes none. Requests do not depend on it',
    enum: ['ok', 'degraded'],
    type: String,
    example: 'ok',
  })
  events?: 'ok' | 'degraded';
  @ApiPropertyOptional({
    description:
      'With AUDIT_LOG_FILE, or broken. degraded: the file cannot be written at the moment. Its rows wait in the database. broken: AUDIT_RETENTION has found a row that is not what it was, and deletes nothing. Requests do not depend on it',
    enum: ['ok', 'degraded', 'broken'],
    type: String,
    example: 'ok',
  })
  audit?: 'ok' | 'degraded' | 'broken';
}

export class SinkView {
  @ApiProperty({ type: String, example: 'webhook' })
  name!: string;
  @ApiProperty({ ...integer(0), description: 'Events that it has not taken', example: 0 })
  pending!: number;
  @ApiProperty({ ...integer(0), description: 'The age of the oldest of them', example: 0 })
  oldest_pending_seconds!: number;
  @ApiProperty({ ...integer(0), description: 'Events that it refuses for good', example: 0 })
  dead!: number;
  @ApiPropertyOptional({
    description: 'When this server delivers to it. broken: it takes nothing until its settings change',
    enum: ['idle', 'delivering', 'retrying', 'broken'],
    type: String,
    example: 'idle',
  })
  state?: 'idle' | 'delivering' | 'retrying' | 'broken';
  @ApiPropertyOptional({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  last_success_at?: string;
  @ApiPropertyOptional({ ...integer(0), example: 0 })
  consecutive_failures?: number;
  @ApiPropertyOptional({ description: 'Why the last delivery failed', type: String, example: 'HTTP 500' })
  reason?: string;
}

class ReplicaView {
  @ApiProperty({ type: String, format: 'uuid', example: '5f0c8e7e-0f43-4f0e-9b49-0d1c8f2a7c11' })
  id!: string;
  @ApiPropertyOptional({
    description: 'Host and process id; with the management token only',
    type: String,
    example: 'proxy-1/17',
  })
  name?: string;
  @ApiProperty({ description: 'The replica that sends this response', type: Boolean, example: true })
  is_this!: boolean;
  @ApiProperty({ ...integer(0), description: 'The last change by an operator that is in force there', example: 42 })
  revision!: number;
  @ApiProperty({ ...integer(0), description: 'Changes in the database that are not in force there yet', example: 0 })
  revisions_behind!: number;
  @ApiProperty({ ...integer(0), description: 'Time since its last heartbeat', example: 310 })
  silent_ms!: number;
}

export class HealthView {
  @ApiProperty({ enum: ['ok', 'unavailable', 'draining'], type: String, example: 'ok' })
  status!: 'ok' | 'unavailable' | 'draining';
  @ApiProperty({ type: String, example: '0.1.0' })
  version!: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  timestamp!: string;
  @ApiProperty({ ...integer(0), example: 86400 })
  uptime_seconds!: number;
  @ApiProperty({ type: ChecksView })
  checks!: ChecksView;
  @ApiProperty({
    description: 'The servers on this database, as last read. A server that crashed stays in the list for five minutes',
    type: [ReplicaView],
  })
  replicas!: ReplicaView[];
  @ApiPropertyOptional({
    description: 'The sinks that events are kept for; with the management token only',
    type: [SinkView],
  })
  sinks?: SinkView[];
}
