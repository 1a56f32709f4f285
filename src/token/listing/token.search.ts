import type { Condition } from './condition.js';
import type { TokenQuery } from './token.query.js';

/** The beginning of an id, as tables show it. */
const ID_START = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/;
const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Greater than every character, in bytes and as a number. */
const LAST_CHARACTER = '\u{10ffff}';

/** A display form as people type it, with its ellipsis as one character. */
export const displayForm = (text: string): string => text.replace('...', '…');

export function searchConditions({ search, name }: TokenQuery): Condition[] {
  return [...(search === undefined ? [] : [searchCondition(search)]), ...(name === undefined ? [] : [named(name)])];
}

/** The beginning of a name, a display form, or the beginning of an id: each is a range of an index. */
function searchCondition(text: string): Condition {
  const start = text.toLowerCase();
  const isDisplayForm = text.includes('…') || text.includes('...');
  const ids = idRange(start);
  return {
    sql: `(${[
      '(token.name_lower >= :search AND token.name_lower < :searchEnd)',
      ...(isDisplayForm ? ['token.secret_display = :display'] : []),
      ...(ids ? ['(token.id >= :idFrom AND token.id <= :idTo)'] : []),
    ].join(' OR ')})`,
    parameters: { search: start, searchEnd: start + LAST_CHARACTER, display: displayForm(text), ...ids },
  };
}

/**
 * The ids that begin with a text, as two whole ids: texts of one form are in the same order by the rules of any language.
 */
function idRange(start: string): { idFrom: string; idTo: string } | undefined {
  if (!ID_START.test(start)) return undefined;
  return { idFrom: start + LOWEST_ID.slice(start.length), idTo: start + HIGHEST_ID.slice(start.length) };
}

const named = (name: string): Condition => ({
  sql: 'token.name_lower = :nameLower AND token.name = :name',
  parameters: { nameLower: name.toLowerCase(), name },
});
