import { FAILURE_ENDS } from '../event/failure.ends.js';
import { FIGURES, type FigureName } from '../../openai/usage/usage.record.js';
import type { Dialect } from '../../database/dialect/dialect.js';

export const KEY_COLUMNS = ['quarter', 'project_id', 'token_id', 'model', 'route', 'tier'] as const;

/** Of a figure in `usage_quarters`. Seconds are whole milliseconds there. */
export const columnOf = (figure: FigureName): string => (figure === 'seconds' ? 'duration_ms' : `${figure}_tokens`);

/** The places of sums in an array of them; the figures follow. */
export const SUM = {
  requests: 0,
  errors: 1,
  unknown: 2,
  unpriced: 3,
  estimated: 4,
  cost: 5,
  estimatedCost: 6,
  estimatedInput: 7,
  estimatedOutput: 8,
  /** Of the first of the ends; the others follow. */
  ended: 9,
  figures: 9 + FAILURE_ENDS.length,
} as const;

/** In the order of SUM. */
export const SUM_COLUMNS: readonly string[] = [
  'requests',
  'errors',
  'unknown',
  'unpriced',
  'estimated',
  'cost_nano',
  'estimated_cost_nano',
  'estimated_input',
  'estimated_output',
  ...FAILURE_ENDS.map((end) => `ended_${end}`),
  ...FIGURES.map(columnOf),
];

/** A table of sums, and the columns of its key. */
export interface SumTable {
  readonly name: string;
  readonly keys: readonly string[];
}

export const QUARTERS: SumTable = { name: 'usage_quarters', keys: KEY_COLUMNS };

/**
 * The same sums by quarter hour and project alone: rows of all its tokens are many. Only on SQLite, where every process that
 * writes sums is of the same version: an older one, beside this one on a database server, writes to the other table alone.
 */
export const PROJECTS: SumTable = { name: 'usage_projects', keys: ['quarter', 'project_id'] };

/** Creates `PROJECTS`. It has all columns of sums of `QUARTERS`. */
export const CREATE_PROJECTS = `CREATE TABLE ${PROJECTS.name} (quarter bigint NOT NULL, project_id varchar(36) NOT NULL,
  ${SUM_COLUMNS.map((name) => `${name} bigint NOT NULL DEFAULT 0`).join(', ')},
  PRIMARY KEY (${PROJECTS.keys.join(', ')})) WITHOUT ROWID`;

/** Adds rows to the sums: one statement for `count` of them, parameters in the order of the columns. */
export function addStatement(dialect: Dialect, { name: table, keys }: SumTable, count: number): string {
  const columns = [...keys, ...SUM_COLUMNS];
  const row = `(${columns.map(() => '?').join(', ')})`;
  const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: count }, () => row).join(', ')}`;
  if (dialect === 'mysql')
    return `${insert} ON DUPLICATE KEY UPDATE ${SUM_COLUMNS.map((name) => `${name} = ${name} + VALUES(${name})`).join(', ')}`;
  const added = SUM_COLUMNS.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ');
  return `${insert} ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${added}`;
}
