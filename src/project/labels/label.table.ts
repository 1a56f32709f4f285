import type { Change } from '../../changes/change.js';
import type { Labels } from './label.rules.js';
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

/** A part of a WHERE. */
export interface LabelCondition {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The rows that have a label: `key=value`, or `key` for any value. `idColumn` is the id of the row in the query, such as
 * `project.id`; `name` is a prefix of the parameters. `>` follows `=` in the order of bytes, so that the values of a key are
 * one range of the primary key.
 */
export function labelCondition(subject: Subject, idColumn: string, label: string, name: string): LabelCondition {
  const rows = (term: string): string =>
    `${idColumn} IN (SELECT subject_id FROM labels WHERE subject = '${subject}' AND ${term})`;
  if (label.includes('=')) return { sql: rows(`label = :${name}`), parameters: { [name]: label } };
  return {
    sql: rows(`label >= :${name} AND label < :${name}End`),
    parameters: { [name]: `${label}=`, [`${name}End`]: `${label}>` },
  };
}
