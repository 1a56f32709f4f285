import type { ReactElement } from 'react';
import type { Token, TokenStatus } from '../../api/types';
import { Badge, type Tone } from '../../ui/badge';

const STATES: Record<TokenStatus, readonly [Tone, string]> = {
  active: ['good', 'Active'],
  withering: ['warn', 'Withering'],
  expired: ['bad', 'Expired'],
  exhausted: ['bad', 'Exhausted'],
  revoked: ['none', 'Revoked'],
  project_inactive: ['none', 'Project inactive'],
};

/** A state in words. */
export const statusWords = (status: TokenStatus): string => STATES[status][1];

/** The state of a token as the server says it. */
export const TokenBadge = ({ status }: Pick<Token, 'status'>): ReactElement => {
  const [tone, word] = STATES[status];
  return <Badge tone={tone}>{word}</Badge>;
};
