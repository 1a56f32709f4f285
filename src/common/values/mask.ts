const ELLIPSIS = '…';
/** Prefixes that name a kind of key and say nothing about the key itself. */
const KIND = /^(sk-(?:proj-|svcacct-|admin-|wt-)?)/;
const VISIBLE_TAIL = 4;
const MIN_LENGTH_TO_SHOW_A_TAIL = 16;

/** What may be shown of an upstream key: its kind and its last four characters; of a short one, nothing. */
export function mask(secret: string): string {
  const kind = KIND.exec(secret)?.[1] ?? '';
  return secret.length < MIN_LENGTH_TO_SHOW_A_TAIL ? ELLIPSIS : `${kind}${ELLIPSIS}${secret.slice(-VISIBLE_TAIL)}`;
}

/** True for something that was masked before it came here: `sk-…wXyZ`, `sk-abcd...wxyz`, `sk-****`. */
export const isMasked = (text: string): boolean =>
  text.includes(ELLIPSIS) || text.includes('...') || text.includes('****');
