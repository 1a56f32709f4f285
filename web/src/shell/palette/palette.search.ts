/** The whole secret of a token, or its display form. Neither may stand in a URL. */
const TOKEN = /^sk-wt-(?:[\w-]{20,}|\w+(?:…|\.\.\.)\w+)$/;

export const isToken = (text: string): boolean => TOKEN.test(text.trim());

/** Whether a name has all words of a text, in any order. */
export function matches(name: string, text: string): boolean {
  const lower = name.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
