import type { ColumnOptions, ValueTransformer } from 'typeorm';

/** PostgreSQL and MySQL return `bigint` as text. Every stored value fits in a safe integer. */
const toNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null || value === undefined ? null : Number(value)),
};

/** An instant: milliseconds since the epoch, UTC, set by the application. Date types differ between databases. */
export const INSTANT = { type: 'bigint', transformer: toNumber } as const;

/** A count that may exceed 2³¹. */
export const COUNT = { type: 'bigint', transformer: toNumber } as const;

export const ID = { type: 'varchar', length: 36 } as const;

export const optional = (options: ColumnOptions): ColumnOptions => ({ ...options, nullable: true, default: null });
