import { IsIn } from 'class-validator';
import { AuditVariables } from './audit.variables.js';

/** The variables of the web interface. */
export class AdminVariables extends AuditVariables {
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  ADMIN_UI_ENABLED = 'true';
}
