import type { EventBatch } from '../../events/event/event.bus.js';

/** An entry of the stream. Its fields are absent when it was trimmed. */
export interface StreamEntry {
  readonly id: string;
  readonly message?: { readonly data?: string } | null;
}

/** Entries that are delivered together. */
export interface StreamBatch extends EventBatch {
  readonly ids: readonly string[];
}

const LINES = 64;

/** Entries as batches, in order. The id names the content: the same entries have the same id on every delivery. */
export function batchesOf(entries: readonly (StreamEntry | null)[]): StreamBatch[] {
  const present = entries.filter((entry) => entry !== null);
  const batches: StreamBatch[] = [];
  for (let from = 0; from < present.length; from += LINES) {
    const group = present.slice(from, from + LINES);
    batches.push({
      id: `${group[0]!.id}~${group.at(-1)!.id}`,
      ids: group.map(({ id }) => id),
      lines: group.map(({ message }) => message?.data).filter((line) => line !== undefined),
    });
  }
  return batches;
}
