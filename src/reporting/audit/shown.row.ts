import type { AuditRow } from '../../audit/row/audit.row.js';
import type { Actor } from '../../common/values/actor.js';

/** How the actions begin whose changes may have an upstream key. */
export const OF_PROJECTS = 'project.';

/** Only admins see upstream keys, which a row has in their display form. */
export const seesKeys = ({ role }: Pick<Actor, 'role'>): boolean => role === 'admin';

/** The row as the actor sees it: for who does not see upstream keys, only that there is one, or another. */
export function shownTo(actor: Pick<Actor, 'role'>, row: AuditRow): AuditRow {
  const { changes } = row;
  if (changes === undefined || seesKeys(actor)) return row;
  // A damaged value has no fields.
  if (typeof changes !== 'object' || changes === null) return withoutChanges(row);
  const key = (changes as Readonly<Record<string, unknown>>)['api_key'];
  if (key === undefined) return row;
  return {
    ...row,
    changes: { ...changes, api_key: stateOf(key) },
  };
}

function withoutChanges({ changes: _changes, ...row }: AuditRow): AuditRow {
  return row;
}

function stateOf(key: unknown): { from: string | null; to: string | null } {
  const { from, to } = (key ?? {}) as { from?: unknown; to?: unknown };
  const had = isKey(from);
  return {
    from: had ? 'set' : null,
    to: isKey(to) ? (had ? 'changed' : 'set') : null,
  };
}

const isKey = (value: unknown): boolean => value !== undefined && value !== null;
