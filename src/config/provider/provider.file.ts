import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsObject, IsString, Max, Min, ValidateNested } from 'class-validator';
import { MayBeAbsent } from '../../common/rest/field.rules.js';
import { IsPositiveDuration, IsProviderProxy, IsUpstreamBase } from '../values/config.validators.js';
import { STREAM_USAGE, type StreamUsage } from './provider.js';
import { IsHeaderNames, IsMethods, IsOrigins, IsParamWhitelist, IsPathPatterns } from './provider.rules.js';

const CONNECTIONS = { message: 'must be a whole number from 1 to 100000' };

class TimeoutsSection {
  @IsPositiveDuration()
  connect?: string;
  @IsPositiveDuration()
  response_header?: string;
  @IsPositiveDuration()
  idle?: string;
  @IsPositiveDuration()
  stream?: string;
}

class ConnectionSection {
  @MayBeAbsent()
  @IsInt(CONNECTIONS)
  @Min(1, CONNECTIONS)
  @Max(100_000, CONNECTIONS)
  max_connections?: number;

  @IsPositiveDuration()
  idle_timeout?: string;

  @IsPositiveDuration()
  max_age?: string;
}

/** One entry of `apis` in the file of API_CONFIG_PATH. */
export class ProviderSection {
  @IsString({ message: 'is required: the base URL of the provider, such as https://api.openai.com' })
  @IsUpstreamBase()
  base_url!: string;

  @IsPathPatterns()
  allowed_endpoints?: string[];

  @IsMethods()
  allowed_methods?: string[];

  @IsParamWhitelist()
  param_whitelist?: Record<string, (string | number | boolean)[]>;

  @IsOrigins()
  allowed_origins?: string[];

  @IsHeaderNames()
  required_headers?: string[];

  @MayBeAbsent()
  @IsObject({ message: 'must be a section' })
  @ValidateNested({ message: 'must be a section' })
  @Type(() => TimeoutsSection)
  timeouts?: TimeoutsSection;

  @MayBeAbsent()
  @IsObject({ message: 'must be a section' })
  @ValidateNested({ message: 'must be a section' })
  @Type(() => ConnectionSection)
  connection?: ConnectionSection;

  @IsProviderProxy()
  proxy?: string;

  @MayBeAbsent()
  @IsIn(STREAM_USAGE, { message: 'must be off, inject or require' })
  stream_usage?: StreamUsage;

  @MayBeAbsent()
  @IsBoolean({ message: 'must be true or false' })
  allow_organization?: boolean;

  @MayBeAbsent()
  @IsBoolean({ message: 'must be true or false' })
  allow_encoded_slash?: boolean;
}
