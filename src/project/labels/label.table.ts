import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { Change } from '../../changes/change.js';
import { type Labels, labelFilter } from './label.rules.js';
import { LabelEntity } from './label.entity.js';

type Subject = LabelEntity['subject'];

/** Replaces the rows of a token or project, in the transaction that writes the labels into its own row. */
export async function writeLabels(
  change: Change,
  subject: Subject,
  subjectId: string,
  labels: Labels | null,
): Promise<void> {
  await change.manager.delete(LabelEntity, { subject, subjectId });
  const rows = Object.entries(labels ?? {}).map(([key, value]) => ({ label: `${key}=${value}`, subject, subjectId }));
  if (rows.length > 0) await change.manager.insert(LabelEntity, rows);
}

/**
 * Narrows a query to the rows that have every label: `key=value`, or `key` for any value. `idColumn` is the id of the row
 * in the query, such as `project.id`.
 */
export function whereLabels<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  subject: Subject,
  idColumn: string,
  filters: readonly string[],
): void {
  for (const [i, text] of filters.entries()) {
    const { key, value } = labelFilter(text);
    const [label, name] = [`label${i}`, `labelText${i}`];
    // `_`, which keys may have, stands for any character in LIKE.
    const term = value === undefined ? `${label}.label LIKE :${name} ESCAPE '!'` : `${label}.label = :${name}`;
    const rows = query
      .subQuery()
      .select(`${label}.subjectId`)
      .from(LabelEntity, label)
      .where(term)
      .andWhere(`${label}.subject = '${subject}'`);
    const wanted = value === undefined ? `${key.replaceAll('_', '!_')}=%` : text;
    query.andWhere(`${idColumn} IN ${rows.getQuery()}`, { [name]: wanted });
  }
}
