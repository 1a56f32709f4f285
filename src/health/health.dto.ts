import { ApiProperty } from '@nestjs/swagger';

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
}

export class HealthView {
  @ApiProperty({ enum: ['ok', 'unavailable', 'draining'], type: String, example: 'ok' })
  status!: 'ok' | 'unavailable' | 'draining';
  @ApiProperty({ type: String, example: '0.1.0' })
  version!: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  timestamp!: string;
  @ApiProperty({ type: Number, example: 86400 })
  uptime_seconds!: number;
  @ApiProperty({ type: ChecksView })
  checks!: ChecksView;
}
