import type { Command } from './palette.commands';

/** Whether a name has all words of a text, in any order. */
export function matches(name: string, text: string): boolean {
  const lower = name.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

/** Pages and actions whose names have the text, then what the store has by it. */
export const chosen = (commands: readonly Command[], stored: readonly Command[], text: string): Command[] => [
  ...commands.filter((one) => matches(one.text, text)),
  ...stored,
];
