import { idRange } from '../../common/rest/search.rules.js';
import { displayForm } from '../token.secret.js';
import type { Condition } from './condition.js';
import type { TokenQuery } from './token.query.js';

/** Greater than every character, in bytes and as a number. */
const LAST_CHARACTER = '\u{10ffff}';

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
    field: 'search',
  };
}

const named = (name: string): Condition => ({
  sql: 'token.name_lower = :nameLower AND token.name = :name',
  parameters: { nameLower: name.toLowerCase(), name },
});
