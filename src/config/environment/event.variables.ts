import { IsIn, Matches } from 'class-validator';
import { IsCaptureSize, IsRetention, IsSize } from '../values/config.validators.js';
import { AdminVariables } from './admin.variables.js';

/** The variables of events and usage. */
export class EventVariables extends AdminVariables {
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  OBSERVABILITY_ENABLED = 'true';

  @IsIn(['off', 'errors', 'all'], { message: 'must be off, errors or all' })
  OBSERVABILITY_CAPTURE_BODIES = 'off';

  @IsCaptureSize()
  OBSERVABILITY_MAX_REQUEST_BODY_BYTES = '65536';

  @IsCaptureSize()
  OBSERVABILITY_MAX_RESPONSE_BODY_BYTES = '262144';

  @Matches(/^[1-9]\d{0,6}$/, { message: 'must be a whole number from 1 to 9999999' })
  OBSERVABILITY_BUFFER_SIZE = '1000';

  @IsIn(['off', 'inject', 'require'], { message: 'must be off, inject or require' })
  STREAM_USAGE = 'off';

  @IsIn(['outbox', 'in-memory', 'redis-streams'], { message: 'must be outbox, in-memory or redis-streams' })
  LLM_PROXY_EVENT_BUS = 'outbox';

  @IsIn(['batched', 'strict'], { message: 'must be batched or strict' })
  EVENT_DURABILITY = 'batched';

  @IsRetention()
  EVENTS_KEEP = '24h';

  @IsRetention()
  EVENTS_MAX_AGE = '7d';

  @IsSize()
  EVENTS_MAX_BYTES = '2GB';

  @IsRetention()
  EVENTS_BODIES_KEEP = '24h';

  @IsSize()
  EVENTS_BODIES_MAX_BYTES = '64MB';

  @IsRetention()
  USAGE_KEEP = '400d';
}
