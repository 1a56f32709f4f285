import type { RouteName } from '../../openai/route.name.js';
import { FIGURES, type FigureName } from '../../openai/usage/usage.record.js';
import { FAILURE_ENDS, type FailureEnd } from '../event/failure.ends.js';
import type { UsageFilter, UsageRow } from '../event/event.queries.js';
import type { EventDatabase } from './event.database.js';
import { KEY_COLUMNS, SUM, SUM_COLUMNS } from './usage.columns.js';

type Key = UsageFilter['groupBy'][number];
type Row = Record<string, number | string>;

const COLUMN: Record<Key, (typeof KEY_COLUMNS)[number]> = {
  quarter: 'quarter',
  projectId: 'project_id',
  tokenId: 'token_id',
  model: 'model',
  route: 'route',
  tier: 'tier',
};

/** `from` is included, `to` is not. */
export async function readUsage(database: EventDatabase, filter: UsageFilter): Promise<readonly UsageRow[]> {
  const keys = filter.groupBy.map((key) => COLUMN[key]);
  const terms = ['quarter >= ?', 'quarter < ?'];
  const parameters: unknown[] = [filter.from, filter.to];
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
  const sums = SUM_COLUMNS.map((name) => `sum(${name}) AS ${name}`);
  const group = keys.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')}`;
  const sql = `SELECT ${[...keys, ...sums].join(', ')} FROM usage_quarters WHERE ${terms.join(' AND ')} ${group}`;
  return (await database.query<Row>(sql, parameters)).map(usageRowOf);
}

function usageRowOf(row: Row): UsageRow {
  const sum = (at: number): number => Number(row[SUM_COLUMNS[at]!]);
  const ends: Partial<Record<FailureEnd, number>> = {};
  FAILURE_ENDS.forEach((end, at) => {
    const count = sum(SUM.ended + at);
    if (count > 0) ends[end] = count;
  });
  const figures: Partial<Record<FigureName, number>> = {};
  FIGURES.forEach((name, at) => {
    const value = sum(SUM.figures + at);
    if (value > 0) figures[name] = name === 'seconds' ? value / 1000 : value;
  });
  const text = (key: Key): string => String(row[COLUMN[key]] ?? '');
  return {
    quarter: Number(row['quarter'] ?? 0),
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
