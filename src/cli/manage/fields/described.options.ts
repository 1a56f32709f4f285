import { usageError } from '../../terminal/cli.error.js';
import { notEmpty } from '../../terminal/option.values.js';
import type { ManagementClient } from '../management.client.js';

/** Labels by key; null removes the label. */
export type LabelChange = Readonly<Record<string, string | null>>;

export interface DescribedOptions {
  label?: LabelChange;
  owner?: string;
  note?: string;
}

export const LABEL = {
  flags: '--label <key=value>',
  description: 'label; repeatable, and the other labels stay',
} as const;
export const REMOVE_LABEL = { flags: '--remove-label <key>', description: 'remove this label; repeatable' } as const;
export const OWNER = {
  flags: '--owner <text|none>',
  description: 'who is responsible, such as a mail address',
} as const;
export const NOTE = { flags: '--note <text|none>', description: 'text for people' } as const;
export const LABEL_FILTER = {
  flags: '--label <key|key=value>',
  description: 'only those with this label; repeatable',
} as const;
export const OWNER_FILTER = { flags: '--owner <text>', description: 'only those of this owner' } as const;

export function label(value: string, before: LabelChange = {}): LabelChange {
  const at = value.indexOf('=');
  if (at < 1) throw usageError('--label must be key=value, such as team=search');
  return { ...before, [value.slice(0, at)]: value.slice(at + 1) };
}

export const removedLabel = (value: string, before: LabelChange = {}): LabelChange => ({
  ...before,
  [notEmpty('--remove-label', value)]: null,
});

export const labelFilter = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  notEmpty('--label', value),
];

const textOf = (value: string | undefined): string | null | undefined => (value === 'none' ? null : value);

/** The fields of the management API, but for labels. */
export const describedFieldsOf = ({ owner, note }: DescribedOptions) => ({ owner: textOf(owner), note: textOf(note) });

/** All labels after the change: the API replaces them as a whole. */
export function changedLabels(current: Readonly<Record<string, string>>, change: LabelChange): Record<string, string> {
  const entries = Object.entries({ ...current, ...change });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The field `labels` of a change; absent when no option changes labels. */
export async function labelsField(
  api: ManagementClient,
  path: string,
  ...changes: readonly (LabelChange | undefined)[]
): Promise<{ labels?: Record<string, string> }> {
  if (changes.every((change) => change === undefined)) return {};
  const { labels } = await api.get<{ labels?: Record<string, string> | null }>(path);
  return { labels: changedLabels(labels ?? {}, Object.assign({}, ...changes) as LabelChange) };
}

interface Described {
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly owner?: string | null;
  readonly note?: string | null;
}

/** The lines of what is said of a project or token. */
export function describedLines({ labels, owner, note }: Described): [string, string][] {
  const all = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return [
    ...(all.length > 0 ? [['Labels', all.join(', ')] satisfies [string, string]] : []),
    ...(owner ? [['Owner', owner] satisfies [string, string]] : []),
    ...(note ? [['Note', note] satisfies [string, string]] : []),
  ];
}
