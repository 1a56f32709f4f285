import { IsIn, Matches } from 'class-validator';
import { IsAuditRetention, IsFilePath, IsSize } from '../values/config.validators.js';
import { ArePublicKeys, IsSigningKey } from '../values/signing.key.js';
import { TokenVariables } from './token.variables.js';

/** The variables of the audit log. */
export class AuditVariables extends TokenVariables {
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  AUDIT_ENABLED = 'true';

  @IsFilePath()
  AUDIT_LOG_FILE?: string;

  @IsSize()
  AUDIT_LOG_MAX_SIZE = '100MB';

  @Matches(/^[1-9]\d{0,3}$/, { message: 'must be a whole number from 1 to 9999' })
  AUDIT_LOG_MAX_FILES = '10';

  @IsAuditRetention()
  AUDIT_RETENTION = '0s';

  @IsSigningKey()
  AUDIT_SIGNING_KEY?: string;

  @ArePublicKeys()
  AUDIT_PREVIOUS_KEYS?: string;
}
