import type { ReactElement } from 'react';
import type { AuditEvent } from '../api/types';
import { Badge } from '../ui/badge';
import { OUTCOME_WORDS } from './audit.words';

/** How a deed ended. */
export const OutcomeBadge = ({ outcome }: Pick<AuditEvent, 'outcome'>): ReactElement => {
  const [tone, word] = OUTCOME_WORDS[outcome];
  return <Badge tone={tone}>{word}</Badge>;
};
