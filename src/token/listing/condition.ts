/** A part of a WHERE over the alias `token`. */
export interface Condition {
  readonly sql: string;
  /** The same for a count by this condition alone, where another form of it costs less. */
  readonly counted?: string;
  readonly parameters?: Record<string, unknown>;
  /** The field of the query when the rows that it leaves may be many, and in another order than that of the list. */
  readonly field?: string;
  /** No index has it: the database reads every row which the other conditions leave. */
  readonly isScan?: boolean;
  /** It leaves few of many rows: along the index of an order, PostgreSQL would read nearly all of them one by one. */
  readonly isRare?: boolean;
}
