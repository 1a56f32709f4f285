import { IsIn } from 'class-validator';
import { IsBearer, IsDuration, IsLifetime, IsTokenRetention, IsWarningPoints } from '../values/config.validators.js';

/** The variables of withering tokens and of the credential that manages them, as text, with their defaults. */
export class TokenVariables {
  @IsBearer()
  MANAGEMENT_TOKEN_PREVIOUS?: string;

  @IsLifetime()
  DEFAULT_TOKEN_LIFETIME = '30d';

  @IsIn(['revoke', 'revoke,expiry', 'never'], { message: 'must be revoke, revoke,expiry or never' })
  STREAM_CUT_ON = 'revoke';

  @IsDuration()
  AUTH_STALE_GRACE = '60s';

  @IsWarningPoints()
  TOKEN_WARN_AT = '20,5';

  @IsTokenRetention()
  TOKEN_RETENTION = '0s';

  @IsIn(['true', 'false'], { message: 'must be true or false' })
  TOKEN_HEADERS = 'false';
}
