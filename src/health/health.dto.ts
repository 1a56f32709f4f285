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
}
