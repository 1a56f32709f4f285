/** A part of a WHERE over the alias `token`. */
export interface Condition {
  readonly sql: string;
  readonly parameters?: Record<string, unknown>;
  /** The field of the query that makes the database read every row which the other conditions leave. */
  readonly scans?: string;
}
