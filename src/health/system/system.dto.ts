import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { fraction, integer } from '../../common/rest/api.docs.js';
import type { ReplicaRole } from '../../replicas/replica.role.js';
import { SinkView } from '../health.dto.js';

const UP = { description: 'It responds', type: Boolean, example: true } as const;
const LATENCY = { ...fraction(), description: 'How long one call took, in milliseconds', example: 0.8 } as const;

export class SystemReplica {
  @ApiProperty({ type: String, format: 'uuid', example: '5f0c8e7e-0f43-4f0e-9b49-0d1c8f2a7c11' })
  id!: string;
  @ApiProperty({ description: 'Host and process id', type: String, example: 'proxy-1/17' })
  name!: string;
  @ApiProperty({ enum: ['server', 'dispatcher'], example: 'server' })
  role!: ReplicaRole;
  @ApiProperty({ description: 'The replica that sends this response', type: Boolean, example: true })
  is_this!: boolean;
  @ApiPropertyOptional({ description: 'Absent when it does not say so', type: String, example: '0.1.0' })
  version?: string;
  @ApiPropertyOptional({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  started_at?: string;
  @ApiProperty({ ...integer(0), description: 'The last change by an operator that is in force there', example: 42 })
  revision!: number;
  @ApiProperty({ ...integer(0), description: 'Changes that are not in force there yet', example: 0 })
  behind!: number;
  @ApiProperty({ ...integer(0), description: 'Time since its last heartbeat', example: 310 })
  silent_ms!: number;
  @ApiPropertyOptional({
    ...integer(0),
    description: 'Variables that it has another value of than this replica; absent when it does not say so',
    example: 0,
  })
  differs?: number;
}

export class SystemDatabase {
  @ApiProperty({ enum: ['sqlite', 'postgres', 'mysql'], example: 'postgres' })
  driver!: 'sqlite' | 'postgres' | 'mysql';
  @ApiProperty(UP)
  up!: boolean;
  @ApiPropertyOptional({ description: 'As it names itself', type: String, example: '17.5' })
  version?: string;
  @ApiPropertyOptional(LATENCY)
  latency_ms?: number;
  @ApiPropertyOptional({ ...integer(1), description: 'Connections of this replica at most', example: 10 })
  pool_size?: number;
  @ApiPropertyOptional({ enum: ['full', 'relaxed', 'unknown'], example: 'full' })
  durability?: 'full' | 'relaxed' | 'unknown';
  @ApiPropertyOptional({
    description: 'The newest migration; absent for SQLite, whose file has a version',
    type: String,
    example: 'Initial1795000000000',
  })
  migration?: string;
}

export class SystemRedis {
  @ApiProperty(UP)
  up!: boolean;
  @ApiPropertyOptional(LATENCY)
  latency_ms?: number;
}

export class SystemEvents {
  @ApiProperty({ enum: ['outbox', 'in-memory', 'redis-streams'], example: 'outbox' })
  bus!: 'outbox' | 'in-memory' | 'redis-streams';
  @ApiProperty({ enum: ['ok', 'degraded'], example: 'ok' })
  state!: 'ok' | 'degraded';
  @ApiPropertyOptional({ ...integer(0), description: 'Bytes of kept events', example: 1_048_576 })
  bytes?: number;
  @ApiProperty({ ...integer(0), description: 'Events of this replica that no store has, since its start', example: 0 })
  dropped!: number;
  @ApiProperty({ type: [SinkView] })
  sinks!: SinkView[];
}

export class SystemEncryption {
  @ApiProperty({
    description: 'Names the key of ENCRYPTION_KEY; null without one',
    type: String,
    nullable: true,
    example: '9f86d081',
  })
  key_id!: string | null;
  @ApiProperty({
    ...integer(0),
    description: 'Upstream keys that are stored in another form than under this key',
    example: 0,
  })
  previous_rows!: number;
}

export class SystemPrices {
  @ApiProperty({
    description: 'The newest date of the price list; null when its file cannot be read',
    type: String,
    nullable: true,
    example: '2026-01-15',
  })
  as_of!: string | null;
}

export class SystemSetting {
  @ApiProperty({ type: String, example: 'WORKERS' })
  name!: string;
  @ApiProperty({
    description: 'In force on this replica; null for a secret and without a value. URLs are without credentials',
    type: String,
    nullable: true,
    example: '2',
  })
  value!: string | null;
  @ApiProperty({ type: Boolean, example: false })
  secret!: boolean;
  @ApiProperty({ description: 'It differs from its default', type: Boolean, example: true })
  set!: boolean;
  @ApiProperty({
    description: 'Where the value is from. `file`: .env, the file of --env, or that of a secret',
    enum: ['environment', 'file', 'flag', 'default'],
    example: 'environment',
  })
  source!: 'environment' | 'file' | 'flag' | 'default';
  @ApiProperty({ type: String, nullable: true, example: '1' })
  default!: string | null;
  @ApiProperty({ description: 'The names of replicas with another value', type: String, isArray: true, example: [] })
  differs_on!: string[];
}

export class SystemView {
  @ApiProperty({ type: String, example: '0.1.0' })
  version!: string;
  @ApiProperty({ description: 'The version of Node.js', type: String, example: 'v24.4.1' })
  node!: string;
  @ApiProperty({ ...integer(0), example: 86_400 })
  uptime_seconds!: number;
  @ApiProperty({ type: [SystemReplica] })
  replicas!: SystemReplica[];
  @ApiProperty({ type: SystemDatabase })
  database!: SystemDatabase;
  @ApiPropertyOptional({ description: 'With REDIS_URL only', type: SystemRedis })
  redis?: SystemRedis;
  @ApiPropertyOptional({ description: 'Unless OBSERVABILITY_ENABLED is false', type: SystemEvents })
  events?: SystemEvents;
  @ApiProperty({ type: SystemEncryption })
  encryption!: SystemEncryption;
  @ApiProperty({ type: SystemPrices })
  prices!: SystemPrices;
  @ApiProperty({ description: 'The variables of this replica', type: [SystemSetting] })
  config!: SystemSetting[];
}
