import { Injectable } from '@nestjs/common';
import { Option } from 'nest-commander';
import type { UpdateToken } from '../../token/token.dto.js';
import { ManageCommand, type ManageOptions } from './manage.command.js';
import {
  type Bound,
  bound,
  boundOf,
  type Cap,
  instant,
  type Limit,
  limit,
  limitOf,
  maxRequestsOf,
  notEmpty,
} from '../terminal/option.values.js';

const MORE = 'repeat it or use commas for more, any for no bound';

export interface TokenChangeOptions extends ManageOptions {
  name?: string;
  maxRequests?: Cap;
  rateLimitPerMinute?: Limit;
  maxConcurrent?: Limit;
  expiresAt?: string;
  allowedModel?: Bound;
  allowedEndpoint?: Bound;
  allowedIp?: Bound;
}

/** What the options say, in the words of the management API. */
export const tokenFieldsOf = (options: TokenChangeOptions): UpdateToken => ({
  name: options.name,
  max_requests: maxRequestsOf(options.maxRequests),
  rate_limit_per_minute: limitOf(options.rateLimitPerMinute),
  max_concurrent: limitOf(options.maxConcurrent),
  expires_at: options.expiresAt,
  allowed_models: boundOf(options.allowedModel),
  allowed_endpoints: boundOf(options.allowedEndpoint),
  allowed_ips: boundOf(options.allowedIp),
});

/** A command that says what a token is to be. */
@Injectable()
export abstract class TokenChangeCommand extends ManageCommand {
  @Option({ flags: '--name <name>', description: 'what it is for' })
  parseName(value: string): string {
    return notEmpty('--name', value);
  }

  @Option({ flags: '--expires-at <time>', description: 'end of its life, RFC 3339' })
  parseExpiresAt(value: string): string {
    return instant('--expires-at', value);
  }

  @Option({ flags: '--rate-limit-per-minute <n|none>', description: 'requests in any minute, all replicas together' })
  parseRateLimitPerMinute(value: string): Limit {
    return limit('--rate-limit-per-minute', value);
  }

  @Option({ flags: '--max-concurrent <n|none>', description: 'requests and sockets at a time, all replicas together' })
  parseMaxConcurrent(value: string): Limit {
    return limit('--max-concurrent', value);
  }

  @Option({
    flags: '--allowed-model <glob>',
    description: `models it is bound to, such as gpt-4o-*; ${MORE}`,
  })
  parseAllowedModel(value: string, before?: Bound): Bound {
    return bound('--allowed-model', value, before);
  }

  @Option({
    flags: '--allowed-endpoint <pattern>',
    description: `paths it is bound to, such as /v1/files/* or /v1/threads/**; ${MORE}`,
  })
  parseAllowedEndpoint(value: string, before?: Bound): Bound {
    return bound('--allowed-endpoint', value, before);
  }

  @Option({
    flags: '--allowed-ip <cidr>',
    description: `addresses and networks it is bound to, such as 10.0.0.0/8; ${MORE}`,
  })
  parseAllowedIp(value: string, before?: Bound): Bound {
    return bound('--allowed-ip', value, before);
  }
}
