import { queryInstantOf } from '../../common/rest/date.time.js';
import { isUuid } from '../../common/rest/uuid.js';
import { type Actor, sees } from '../../common/values/actor.js';
import { errors } from '../../common/errors/errors.js';
import { type TextColumn, USUAL } from '../../audit/row/audit.columns.js';
import type { AuditFilterQuery } from './audit.query.js';
import { seesKeys } from './shown.row.js';

/** A column must have one of the values, or another column another: any of the alternatives. */
export interface Term {
  readonly alternatives: readonly (readonly [column: TextColumn, value: string])[];
  /** Each alternative has an index that ends with the number of the row. */
  readonly isIndexed: boolean;
}

/** A text in any of the searched columns. */
export interface Search {
  readonly text: string;
  /** Also in the upstream keys that changes of a project show. */
  readonly withKeys: boolean;
}

/** Which rows are wanted: those that all terms hold for. */
export interface AuditFilter {
  /** The rarer a value usually is, the earlier its term stands. */
  readonly terms: readonly Term[];
  readonly search: Search | undefined;
  /** Rows that have the searched text, a whole UUID, as one of their ids. */
  readonly searchedId: Term | undefined;
  /** Milliseconds since the epoch, exclusive at the end. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** No row of the actor can have it. */
  readonly isEmpty: boolean;
}

const EQUALITIES = [
  'request_id',
  'correlation_id',
  'token_id',
  'subject_id',
  'actor_id',
  'project_id',
  'client_ip',
  'path',
  'action',
  'method',
  'origin',
  'actor',
  'outcome',
] as const satisfies readonly (TextColumn & keyof AuditFilterQuery)[];
const LOWER_CASE: ReadonlySet<string> = new Set(['token_id', 'actor_id', 'project_id', 'subject_id']);
const NOT_INDEXED: ReadonlySet<string> = new Set(['method', 'origin']);
/** Each has an index. */
const ID_COLUMNS = ['id', 'request_id', 'correlation_id', 'project_id', 'token_id', 'actor_id', 'subject_id'] as const;

/** The filter of a query, and of that what exists for the actor. Throws `validation_failed`. */
export function filterOf(actor: Actor, query: AuditFilterQuery): AuditFilter {
  const { project_id: projectId } = query;
  const { from, to } = rangeOf(query);
  const { search } = query;
  const own = projectId === undefined && actor.projects !== undefined ? [ofProjects(actor.projects)] : [];
  return {
    terms: [...equalities(query), ...own],
    search: search === undefined ? undefined : { text: search, withKeys: seesKeys(actor) },
    searchedId: search !== undefined && isUuid(search) ? ofId(search.toLowerCase()) : undefined,
    from,
    to,
    isEmpty: actor.projects?.size === 0 || (projectId !== undefined && !sees(actor, projectId.toLowerCase())),
  };
}

/** What the query asks for, by its own names, for the row of an export. */
export function namedFilters(query: AuditFilterQuery): Record<string, string> {
  const { from, to } = rangeOf(query);
  const named = {
    ...Object.fromEntries(EQUALITIES.map((column) => [column, query[column]])),
    search: query.search,
    start_time: from === undefined ? undefined : new Date(from).toISOString(),
    end_time: to === undefined ? undefined : new Date(to).toISOString(),
  };
  return Object.fromEntries(Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const equalities = (query: AuditFilterQuery): Term[] =>
  EQUALITIES.flatMap((column) => {
    const value = query[column];
    if (value === undefined) return [];
    const stored = LOWER_CASE.has(column) ? value.toLowerCase() : value;
    return [{ alternatives: [[column, stored]], isIndexed: !NOT_INDEXED.has(column) && !isUsual(column, stored) }];
  });

const isUsual = (column: TextColumn, value: string): boolean =>
  (USUAL as Partial<Record<TextColumn, string>>)[column] === value;

const ofId = (id: string): Term => ({ alternatives: ID_COLUMNS.map((column) => [column, id]), isIndexed: true });

const ofProjects = (ids: ReadonlySet<string>): Term => ({
  alternatives: [...ids].map((id) => ['project_id', id]),
  isIndexed: true,
});

function rangeOf(query: AuditFilterQuery): { from: number | undefined; to: number | undefined } {
  const from = instantOf(query, 'start_time', 'from');
  const to = instantOf(query, 'end_time', 'to');
  if (from !== undefined && to !== undefined && from >= to)
    throw errors.fieldInvalid(query.start_time === undefined ? 'from' : 'start_time', 'must be before the end');
  return { from, to };
}

function instantOf(query: AuditFilterQuery, name: 'start_time' | 'end_time', other: 'from' | 'to'): number | undefined {
  const { [name]: first, [other]: second } = query;
  if (first !== undefined && second !== undefined) throw errors.fieldInvalid(other, `is the same as ${name}: send one`);
  const given = first ?? second;
  return given === undefined ? undefined : queryInstantOf(given);
}
