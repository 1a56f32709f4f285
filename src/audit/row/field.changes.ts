import canonicalize from 'canonicalize';
import type { Json } from '../../common/audit/json.js';
import type { Changes } from './audit.draft.js';

/** The fields of an entity that the audit log shows, by their names in the API. Keys are there in their display form. */
export type Shown<E> = Readonly<Record<string, (entity: E) => Json | undefined>>;

/** The fields that differ. A missing entity has null in every field: `before` of a new one, `after` of a deleted one. */
export function changesOf<E extends object>(before: E | undefined, after: E | undefined, shown: Shown<E>): Changes {
  const changes: Record<string, { from: Json; to: Json }> = {};
  for (const [name, read] of Object.entries(shown)) {
    const from = (before && read(before)) ?? null;
    const to = (after && read(after)) ?? null;
    if (!isEqual(from, to)) changes[name] = { from, to };
  }
  return changes;
}

const isEqual = (a: Json, b: Json): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && canonicalize(a) === canonicalize(b));

/** RFC 3339, UTC, with milliseconds. */
export const shownInstant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
