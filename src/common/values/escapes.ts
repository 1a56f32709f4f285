/** What to say of texts with a percent escape that cannot be decoded; undefined when there is none. */
export const escapeProblem = (...texts: string[]): string | undefined =>
  texts.every(isDecodable) ? undefined : 'has a percent escape that is not valid: write %25 for the character %';

/** Whether all percent escapes of a text are well-formed and decode to UTF-8 (RFC 3986 §2.1). */
export function isDecodable(text: string): boolean {
  try {
    // The bundler removes a call whose result is not used: it takes `decodeURIComponent` for a pure function, which throws nothing.
    return typeof decodeURIComponent(text) === 'string';
  } catch {
    return false;
  }
}
