import { IsIn } from 'class-validator';
import { IsLifetime } from '../values/config.validators.js';
import { IsRemembered } from '../values/session.validators.js';
import { AuditVariables } from './audit.variables.js';

/** The variables of the web interface. */
export class AdminVariables extends AuditVariables {
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  ADMIN_UI_ENABLED = 'true';

  @IsLifetime()
  ADMIN_SESSION_IDLE = '1h';

  @IsLifetime()
  ADMIN_SESSION_MAX = '12h';

  @IsRemembered()
  ADMIN_REMEMBER_MAX = '30d';
}
