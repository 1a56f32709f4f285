/** The text columns of `audit_events` and how many characters each has. */
export const TEXT_COLUMNS = {
  id: 36,
  action: 40,
  actor: 16,
  actor_id: 36,
  actor_name: 120,
  session_id: 36,
  origin: 16,
  outcome: 8,
  reason: 64,
  project_id: 36,
  token_id: 36,
  subject_id: 36,
  request_id: 64,
  correlation_id: 64,
  client_ip: 45,
  user_agent: 200,
  method: 10,
  path: 255,
  prev_hash: 64,
  hash: 64,
  signature: 88,
  key_id: 16,
} as const;
export type TextColumn = keyof typeof TEXT_COLUMNS;

/**
 * What most rows have. Where an index can leave rows out, those of these columns leave them out: each index that a row is in
 * is one more page of the database that its change writes.
 */
export const USUAL = { actor: 'management_api', outcome: 'success' } as const satisfies Partial<
  Record<TextColumn, string>
>;

/** All columns of `audit_events`. */
export const COLUMNS = ['seq', 'at', ...(Object.keys(TEXT_COLUMNS) as TextColumn[]), 'changes', 'metadata'] as const;

/** The values of a row, by column. `at` is in milliseconds; `changes` and `metadata` are canonical JSON. */
export type Columns = Readonly<Partial<Record<(typeof COLUMNS)[number], string | number | undefined>>>;
