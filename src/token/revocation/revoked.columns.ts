import type { Change } from '../../changes/change.js';
import type { TokenEntity } from '../token.entity.js';
import { NO_WARNINGS } from '../warnings/warning.stages.js';

/** What a token gets that a change revokes. */
export const revokedColumns = ({ revision }: Change, nowMs: number): Partial<TokenEntity> => ({
  isActive: false,
  deactivatedAt: nowMs,
  revision,
  ...NO_WARNINGS,
});
