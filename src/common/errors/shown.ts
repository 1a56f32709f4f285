/** Characters of names of models, hosts and addresses. */
const PLAIN = /^[\w.:/@+*%-]{1,100}$/;
/** Keys, tokens and what is signed or encoded like them. */
const SECRET = /sk-|eyJ|[A-Za-z0-9_-]{40}/;
const MAX_LISTED = 20;

/** A text of the client as a refusal repeats it, after a space; nothing for a text that could be a secret or is not plain. */
export const shown = (text: string): string => (PLAIN.test(text) && !SECRET.test(text) ? ` ${text}` : '');

/** A list of allowed values as a refusal has it: the first ones, and how many more there are. */
export function listed(values: readonly unknown[] = []): string {
  const more = values.length - MAX_LISTED;
  return `${values.slice(0, MAX_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
