import type { AuditEvent } from '../api/types';
import type { Tone } from '../ui/badge';

/** The outcome's word and its tone. */
export const OUTCOME_WORDS: Record<AuditEvent['outcome'], readonly [Tone, string]> = {
  success: ['good', 'Success'],
  failure: ['bad', 'Failure'],
  denied: ['warn', 'Denied'],
};

const KINDS: Record<AuditEvent['actor'], string> = {
  management_api: 'Management token',
  operator: 'Operator',
  system: 'The server',
  admin: 'Web interface',
};

/** The kind of the author. */
export const actorKind = (actor: AuditEvent['actor']): string => KINDS[actor];

/** Who it was, as precisely as it is known. */
export const actorName = ({ actor, actor_name: name }: Pick<AuditEvent, 'actor' | 'actor_name'>): string =>
  name ?? KINDS[actor];

/** Texts stay as they are; everything else as JSON; nothing is a dash. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export interface Change {
  field: string;
  from: unknown;
  to: unknown;
}

/** The changed fields; a damaged row may have anything in their place. */
export const changesOf = ({ changes }: Pick<AuditEvent, 'changes'>): Change[] =>
  typeof changes === 'object' && changes !== null
    ? Object.entries(changes as Record<string, { from?: unknown; to?: unknown } | null>).map(([field, change]) => ({
        field,
        from: change?.from,
        to: change?.to,
      }))
    : [];
