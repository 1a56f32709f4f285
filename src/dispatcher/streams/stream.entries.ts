import type { EventBatch } from '../../events/event/event.bus.js';

/** An entry of the stream. Its fields are absent when it was trimmed. */
export interface StreamEntry {
  readonly id: string;
  readonly message?: { readonly data?: string; readonly batch?: string } | null;
}

/** Entries that are delivered together. */
export interface StreamBatch extends EventBatch {
  readonly ids: readonly string[];
}

/** Entries as batches, in order: what the relay added together stays together. */
export function batchesOf(entries: readonly (StreamEntry | null)[]): StreamBatch[] {
  const groups: StreamEntry[][] = [];
  for (const entry of entries) {
    if (entry === null) continue;
    const last = groups.at(-1);
    if (last && last[0]!.message?.batch === entry.message?.batch) last.push(entry);
    else groups.push([entry]);
  }
  return groups.map(batchOf);
}

/** The id names the content: the same entries have the same id on every delivery. */
const batchOf = (entries: readonly StreamEntry[]): StreamBatch => ({
  id: `${entries[0]!.id}~${entries.at(-1)!.id}`,
  ids: entries.map(({ id }) => id),
  lines: entries.map(({ message }) => message?.data).filter((line) => line !== undefined),
});
