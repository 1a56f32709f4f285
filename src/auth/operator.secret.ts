import { IssuedSecret } from '../crypto/issued.secret.js';

/** The credentials of operators. */
export const OPERATOR_SECRETS = new IssuedSecret('sk-op-');
