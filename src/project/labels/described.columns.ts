import type { Labels } from './label.rules.js';

/** What a body says for people: undefined = not said, null = nothing. */
interface Described {
  readonly labels?: Labels | null;
  readonly owner?: string | null;
  readonly note?: string | null;
}

export interface DescribedColumns {
  labels: Record<string, string> | null;
  owner: string | null;
  note: string | null;
}

/** No labels are null in a row. */
const storedLabels = (labels: Labels | null): Record<string, string> | null =>
  labels && Object.keys(labels).length > 0 ? { ...labels } : null;

/** Of a new row. */
export const describedColumns = ({ labels = null, owner = null, note = null }: Described): DescribedColumns => ({
  labels: storedLabels(labels),
  owner,
  note,
});

/** Of a change: only what the body says. */
export const changedDescription = ({ labels, owner, note }: Described): Partial<DescribedColumns> => ({
  ...(labels === undefined ? {} : { labels: storedLabels(labels) }),
  ...(owner === undefined ? {} : { owner }),
  ...(note === undefined ? {} : { note }),
});
