import { IsIn, Matches } from 'class-validator';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { GENAI_NAMES } from '../values/dispatcher.config.js';
import { IsFilePath, IsPositiveDuration, IsSize } from '../values/config.validators.js';
import { EventVariables } from './event.variables.js';
import { IsHeaderPairs, IsSinkList, IsSinkUrl, IsWebhookSecret } from '../values/sink.validators.js';

const STREAM_NAME = /^[\x21-\x7e]{1,128}$/;
const STREAM_NAME_RULE = { message: 'must be 1 to 128 visible ASCII characters' };

/** The variables of the sinks that events are sent to, as text, with their defaults. */
export class SinkVariables extends EventVariables {
  @IsSinkList()
  DISPATCHER_SERVICES = '';

  @IsSinkList()
  DISPATCHER_SERVICE?: string;

  DISPATCHER_ENDPOINT?: string;

  LLM_PROXY_API_KEY?: string;

  @Matches(/^[1-9]\d{0,3}$/, { message: 'must be a whole number from 1 to 9999' })
  DISPATCHER_BATCH_SIZE = '100';

  @IsIn(['native', 'cloudevents'], { message: 'must be native or cloudevents' })
  EVENTS_FORMAT = 'native';

  @IsFilePath()
  SINK_FILE_PATH?: string;

  @IsSize()
  SINK_FILE_MAX_SIZE = '100MB';

  @Matches(/^[1-9]\d{0,2}$/, { message: 'must be a whole number from 1 to 999' })
  SINK_FILE_MAX_FILES = '7';

  @IsSinkUrl()
  SINK_WEBHOOK_URL?: string;

  @IsWebhookSecret()
  SINK_WEBHOOK_SECRET?: string;

  @IsWebhookSecret()
  SINK_WEBHOOK_SECRET_PREVIOUS?: string;

  SINK_LUNARY_API_KEY?: string;

  @IsSinkUrl()
  SINK_LUNARY_ENDPOINT = 'https://api.lunary.ai';

  SINK_HELICONE_API_KEY?: string;

  @IsSinkUrl()
  SINK_HELICONE_ENDPOINT = 'https://api.worker.helicone.ai';

  @IsIn([...GENAI_NAMES], { message: 'must be 0.1.0, 1.41, both or openinference' })
  OTEL_GENAI_SEMCONV = '0.1.0';

  @IsSinkUrl()
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @IsSinkUrl()
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;

  @IsHeaderPairs()
  OTEL_EXPORTER_OTLP_HEADERS?: string;

  @IsHeaderPairs()
  OTEL_EXPORTER_OTLP_TRACES_HEADERS?: string;

  @Matches(/^[1-9]\d{0,6}$/, { message: 'must be milliseconds from 1 to 9999999' })
  OTEL_EXPORTER_OTLP_TIMEOUT = '10000';

  @IsIn(['none', 'gzip'], { message: 'must be none or gzip' })
  OTEL_EXPORTER_OTLP_COMPRESSION = 'none';

  @Matches(STREAM_NAME, STREAM_NAME_RULE)
  REDIS_STREAM_KEY = 'llm-proxy-events';

  @Matches(STREAM_NAME, STREAM_NAME_RULE)
  REDIS_CONSUMER_GROUP = 'llm-proxy-dispatchers';

  @MayBeAbsent()
  @Matches(STREAM_NAME, STREAM_NAME_RULE)
  REDIS_CONSUMER_NAME?: string;

  @Matches(/^[1-9]\d{0,3}$/, { message: 'must be a whole number from 1 to 9999' })
  REDIS_STREAM_BATCH_SIZE = '100';

  @IsPositiveDuration()
  REDIS_STREAM_CLAIM_TIME = '30s';
}

/** Those whose value is a secret. The path of a webhook often is one. */
export const SECRET_SINK_VARIABLES = [
  'LLM_PROXY_API_KEY',
  'SINK_WEBHOOK_URL',
  'SINK_WEBHOOK_SECRET',
  'SINK_WEBHOOK_SECRET_PREVIOUS',
  'SINK_LUNARY_API_KEY',
  'SINK_HELICONE_API_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
] as const satisfies (keyof SinkVariables)[];

export const SINK_VARIABLES_WITHOUT_DEFAULT = [
  ...SECRET_SINK_VARIABLES,
  'DISPATCHER_SERVICE',
  'DISPATCHER_ENDPOINT',
  'SINK_FILE_PATH',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'REDIS_CONSUMER_NAME',
] as const satisfies (keyof SinkVariables)[];
