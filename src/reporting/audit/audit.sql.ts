import { COLUMNS, type TextColumn, USUAL } from '../../audit/row/audit.columns.js';
import { isUuid } from '../../common/rest/uuid.js';
import type { Dialect } from '../../database/dialect/dialect.js';
import type { AuditFilter, Search, Term } from './audit.filter.js';
import { OF_PROJECTS } from './shown.row.js';

/** A text with `?` for its values. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** Rows by their numbers, both ends included. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

export type Order = 'ASC' | 'DESC';

export const ALL_COLUMNS = COLUMNS.join(', ');

/** What `search` looks in. */
const SEARCHED = [
  'request_id',
  'correlation_id',
  'client_ip',
  'action',
  'actor',
  'actor_name',
  'method',
  'path',
  'reason',
  'changes',
  'metadata',
] as const;

/** And for a whole UUID. */
const IDS = ['id', 'project_id', 'token_id', 'actor_id', 'subject_id'] as const;
const searchedFor = (text: string): readonly TextOrJson[] => (isUuid(text) ? [...IDS, ...SEARCHED] : SEARCHED);
type TextOrJson = TextColumn | 'changes' | 'metadata';
/** They have a text as JSON writes it: with `\"` for a quotation mark. */
const JSON_COLUMNS: ReadonlySet<TextOrJson> = new Set(['changes', 'metadata']);

/** More alternatives are compared row by row: each would be a query of its own. */
const MAX_QUERIES = 50;

/** Whether the rows of a term can be read in the order of their numbers, from indexes. */
export const isDriver = ({ isIndexed, alternatives: { length } }: Term): boolean => isIndexed && length <= MAX_QUERIES;

/** The columns that the conditions of a filter need. */
export function columnsOf({ terms, search }: Pick<AuditFilter, 'terms' | 'search'>): string {
  const ofTerms = terms.flatMap(({ alternatives }) => alternatives.map(([column]) => column));
  return [...new Set(['seq', ...ofTerms, ...(search === undefined ? [] : searchedFor(search.text))])].join(', ');
}

/**
 * At most `limit` rows of a term, or of all rows, in the order of their numbers. The limit makes the database use the index:
 * without it, it may choose to look at every row.
 */
export function rowsOf(driver: Term | undefined, columns: string, span: Span, order: Order, limit: number): Sql {
  const end = `seq BETWEEN ? AND ? ORDER BY seq ${order} LIMIT ${limit}`;
  const range = [span.low, span.high];
  if (!driver) return { text: `SELECT ${columns} FROM audit_events WHERE ${end}`, values: range };
  const queries = driver.alternatives.map(
    ([column]) => `SELECT ${columns} FROM audit_events WHERE ${column} = ?${unusual(column)} AND ${end}`,
  );
  const values = driver.alternatives.flatMap(([, value]) => [value, ...range]);
  if (queries.length === 1) return { text: queries[0]!, values };
  // A row has one project, but may have one id in several columns.
  const isDistinct = new Set(driver.alternatives.map(([column]) => column)).size === 1;
  const parts = queries.map((query, i) => `SELECT ${columns} FROM (${query}) part_${i}`);
  const all = parts.join(isDistinct ? ' UNION ALL ' : ' UNION ');
  return { text: `SELECT ${columns} FROM (${all}) parts ORDER BY seq ${order} LIMIT ${limit}`, values };
}

/** The condition of a partial index: the database uses the index only where the statement has it too. */
function unusual(column: TextColumn): string {
  const value = (USUAL as Partial<Record<TextColumn, string>>)[column];
  return value === undefined ? '' : ` AND ${column} <> '${value}'`;
}

/** The conditions of a filter, as they stand behind `WHERE`. */
export function conditionsOf({ terms, search }: Pick<AuditFilter, 'terms' | 'search'>, dialect: Dialect): Sql {
  const conditions = [...terms.map(conditionOf), ...(search === undefined ? [] : [searchOf(search, dialect)])];
  if (conditions.length === 0) return { text: '1 = 1', values: [] };
  return { text: conditions.map(({ text }) => text).join(' AND '), values: conditions.flatMap(({ values }) => values) };
}

function conditionOf({ alternatives }: Term): Sql {
  const lists = [...new Set(alternatives.map(([column]) => column))].map((column) => {
    const values = alternatives.filter(([other]) => other === column).map(([, value]) => value);
    return { text: `${column} IN (${values.map(() => '?').join(', ')})`, values };
  });
  return { text: `(${lists.map(({ text }) => text).join(' OR ')})`, values: lists.flatMap(({ values }) => values) };
}

/** LIKE of SQLite ignores the case of ASCII letters by itself. */
function searchOf({ text: part, withKeys }: Search, dialect: Dialect): Sql {
  const match = (column: string): string => {
    const like = dialect === 'sqlite' ? `${column} LIKE ? ESCAPE '!'` : `LOWER(${column}) LIKE LOWER(?) ESCAPE '!'`;
    return column === 'changes' && !withKeys ? `(${like} AND action NOT LIKE '${OF_PROJECTS}%')` : like;
  };
  const columns = searchedFor(part);
  const inJson = JSON.stringify(part).slice(1, -1);
  const values = columns.map((column) => patternOf(JSON_COLUMNS.has(column) ? inJson : part));
  return { text: `(${columns.map(match).join(' OR ')})`, values };
}

const patternOf = (part: string): string => `%${part.replaceAll(/[!%_]/g, '!$&')}%`;
