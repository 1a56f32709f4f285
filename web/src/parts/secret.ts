/** The whole secret of a token, or its display form: found by a call whose body has it, never by a URL. */
const TOKEN = /^sk-wt-(?:[\w-]{20,}|\w+(?:…|\.\.\.)\w+)$/;

export const isToken = (text: string): boolean => TOKEN.test(text.trim());
