import { isDeepStrictEqual } from 'node:util';
import type { Changes } from '../../audit/row/audit.draft.js';
import type { Json } from '../../common/audit/json.js';
import type { ShownVariables } from '../../config/environment/shown.variables.js';

type Secret = { readonly set: true; readonly mark?: string };

/**
 * How the variables differ between two starts. A secret is `set` or `changed`. Where another key or none made the marks, secrets and
 * URLs with credentials cannot be compared: of them that key alone is named.
 */
export function configChanges(before: ShownVariables, after: ShownVariables): Changes {
  const isComparable = isDeepStrictEqual(before.markedBy, after.markedBy);
  const names = new Set([...Object.keys(before.values), ...Object.keys(after.values)]);
  const changes: Record<string, { from: Json; to: Json }> = {};
  for (const name of [...names].toSorted()) {
    const [from, to] = [before.values[name] ?? null, after.values[name] ?? null];
    const isKey = before.markedBy?.variable === name && after.markedBy?.variable === name;
    const isOther = isComparable || isKey ? !isDeepStrictEqual(from, to) : differsWithoutMarks(from, to);
    if (isOther) changes[name] = pair(from, to);
  }
  return changes;
}

function pair(from: Json, to: Json): { from: Json; to: Json } {
  if (!isSecret(from) && !isSecret(to)) return { from, to };
  return { from: from && 'set', to: to && (from ? 'changed' : 'set') };
}

const isObject = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSecret = (value: Json): value is Secret => isObject(value) && 'set' in value;

const differsWithoutMarks = (from: Json, to: Json): boolean => !isDeepStrictEqual(unmarked(from), unmarked(to));
const unmarked = (value: Json): Json => (isObject(value) ? { ...value, mark: null } : value);
