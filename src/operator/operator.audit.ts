import { type Shown, shownInstant } from '../audit/row/field.changes.js';
import type { OperatorEntity } from '../auth/operator.entity.js';

/** What the audit log shows of an operator. */
export const SHOWN_OF_OPERATOR: Shown<OperatorEntity> = {
  name: ({ name }) => name,
  token: ({ secretDisplay }) => secretDisplay,
  role: ({ role }) => role,
  projects: ({ projects }) => projects,
  is_active: ({ isActive }) => isActive,
  expires_at: ({ expiresAt }) => shownInstant(expiresAt),
};

/** Fields of the view that are no change of a management call. The row of its creation names who created an operator. */
export const NOT_SHOWN_OF_OPERATOR = ['id', 'created_at', 'created_by', 'last_used_at', 'deactivated_at'] as const;
