import type { RouteName } from '../../openai/route.name.js';
import { FIGURES, type FigureName } from '../../openai/usage/usage.record.js';
import { FAILURE_ENDS, type FailureEnd } from '../event/failure.ends.js';
import type { UsageFilter, UsageRow, UsageStep, UsageSumName } from '../event/event.queries.js';
import type { EventDatabase } from './event.database.js';
import { columnOf, KEY_COLUMNS, PROJECTS, QUARTERS, SUM, SUM_COLUMNS, type SumTable } from './usage.columns.js';

type Key = UsageFilter['groupBy'][number];
type Row = Record<string, number | string>;

const QUARTER_MS = 900_000;
const MAX_NAMED = 200;
const MAX_SEARCHES = 5000;

const COLUMN: Record<Key, (typeof KEY_COLUMNS)[number]> = {
  quarter: 'quarter',
  projectId: 'project_id',
  tokenId: 'token_id',
  model: 'model',
  route: 'route',
  tier: 'tier',
};

const ENDS = FAILURE_ENDS.map((end, at) => [end, SUM_COLUMNS[SUM.ended + at]!] as const);
const FIGURE_COLUMNS = FIGURES.map((name) => [name, columnOf(name)] as const);

/** `from` is included, `to` is not. */
export async function readUsage(database: EventDatabase, filter: UsageFilter): Promise<readonly UsageRow[]> {
  const keys = filter.groupBy.map((key) => COLUMN[key]);
  const groups = keys.map((key) => (key === 'quarter' && filter.step ? 'step' : key));
  const { term, values } = rangeOf(filter);
  const terms = [term];
  const parameters: unknown[] = [...values];
  for (const key of ['projectId', 'tokenId', 'model'] as const) {
    if (filter[key] === undefined) continue;
    terms.push(`${COLUMN[key]} = ?`);
    parameters.push(filter[key]);
  }
  if (filter.projectIds !== undefined) {
    terms.push(
      filter.projectIds.length === 0 ? '1 = 0' : `project_id IN (${filter.projectIds.map(() => '?').join(', ')})`,
    );
    parameters.push(...filter.projectIds);
  }
  const sums = columnsOf(filter.only).map((name) => `sum(${name}) AS ${name}`);
  const selected = groups.map((name) => (name === 'step' ? `${stepOf(filter.step!)} AS step` : name));
  const group =
    groups.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${groups.join(', ')} ORDER BY ${groups.join(', ')}`;
  const from = `${tableOf(database, filter).name} WHERE ${terms.join(' AND ')}`;
  const sql = `SELECT ${[...selected, ...sums].join(', ')} FROM ${from} ${group}`;
  return (await database.query<Row>(sql, parameters)).map(usageRowOf(filter.only));
}

/** The smallest table that has the columns. */
function tableOf({ dialect }: EventDatabase, { groupBy, tokenId, model }: UsageFilter): SumTable {
  const isByProject = groupBy.every((key) => PROJECTS.keys.includes(COLUMN[key]));
  return dialect === 'sqlite' && isByProject && tokenId === undefined && model === undefined ? PROJECTS : QUARTERS;
}

/** Whole numbers in the text: a parameter that is repeated in a `GROUP BY` is another one to PostgreSQL. */
const stepOf = ({ at, ms }: UsageStep): string => `quarter - (quarter - ${Math.trunc(at % ms)}) % ${Math.trunc(ms)}`;

/**
 * The quarter hours are named where few of them and of projects are asked for: the key of the table begins with both, so that
 * each is found at once. A range would be read with all its other projects.
 */
function rangeOf({ from, to, projectIds }: UsageFilter): { term: string; values: readonly number[] } {
  const first = Math.ceil(from / QUARTER_MS) * QUARTER_MS;
  const count = Math.max(0, Math.ceil((to - first) / QUARTER_MS));
  const searches = count * (projectIds?.length ?? Infinity);
  if (count === 0 || count > MAX_NAMED || searches > MAX_SEARCHES)
    return { term: 'quarter >= ? AND quarter < ?', values: [from, to] };
  const values = Array.from({ length: count }, (_, at) => first + at * QUARTER_MS);
  return { term: `quarter IN (${values.map(() => '?').join(', ')})`, values };
}

/** Ends have as many columns as there are ends, every other sum has one. */
const columnsOf = (only: readonly UsageSumName[] | undefined): readonly string[] =>
  only
    ? only.flatMap((name) => (name === 'ends' ? SUM_COLUMNS.slice(SUM.ended, SUM.figures) : columnOfSum(name)))
    : SUM_COLUMNS;

const columnOfSum = (name: Exclude<UsageSumName, 'ends'>): string =>
  name in SUM ? SUM_COLUMNS[SUM[name as keyof typeof SUM]]! : columnOf(name as FigureName);

/** Of the columns that are read. Rows are many, and have few of all figures. */
function usageRowOf(only: readonly UsageSumName[] | undefined): (row: Row) => UsageRow {
  const ends = only === undefined || only.includes('ends') ? ENDS : [];
  const figures = only ? FIGURE_COLUMNS.filter(([name]) => only.includes(name)) : FIGURE_COLUMNS;
  return (row) => rowOf(row, ends, figures);
}

function rowOf(row: Row, endColumns: typeof ENDS, figureColumns: typeof FIGURE_COLUMNS): UsageRow {
  const sum = (at: number): number => Number(row[SUM_COLUMNS[at]!] ?? 0);
  const ends: Partial<Record<FailureEnd, number>> = {};
  for (const [end, column] of endColumns) {
    const count = Number(row[column]);
    if (count > 0) ends[end] = count;
  }
  const figures: Partial<Record<FigureName, number>> = {};
  for (const [name, column] of figureColumns) {
    const value = Number(row[column]);
    if (value > 0) figures[name] = name === 'seconds' ? value / 1000 : value;
  }
  const text = (key: Key): string => String(row[COLUMN[key]] ?? '');
  return {
    quarter: Number(row['step'] ?? row['quarter'] ?? 0),
    projectId: text('projectId'),
    tokenId: text('tokenId'),
    model: text('model'),
    route: text('route') as RouteName,
    tier: text('tier'),
    requests: sum(SUM.requests),
    errors: sum(SUM.errors),
    ends,
    unknown: sum(SUM.unknown),
    unpriced: sum(SUM.unpriced),
    estimated: sum(SUM.estimated),
    costNanoUsd: sum(SUM.cost),
    estimatedCostNanoUsd: sum(SUM.estimatedCost),
    figures,
    estimatedInput: sum(SUM.estimatedInput),
    estimatedOutput: sum(SUM.estimatedOutput),
  };
}
