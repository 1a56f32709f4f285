const ELLIPSIS = '…';
/** Prefixes that show the kind of a key and nothing of the secret. */
const KIND = /^(sk-(?:proj-|svcacct-|admin-|wt-)?)/;
const VISIBLE_TAIL = 4;
const MIN_LENGTH_TO_SHOW_A_TAIL = 16;

/** The masked form of a key: its kind and its last four characters, such as `sk-proj-…wXyZ`; for a short key only `…`. */
export function mask(secret: string): string {
  const kind = KIND.exec(secret)?.[1] ?? '';
  return secret.length < MIN_LENGTH_TO_SHOW_A_TAIL ? ELLIPSIS : `${kind}${ELLIPSIS}${secret.slice(-VISIBLE_TAIL)}`;
}

/** Whether a text is a masked key, by this program or another: `sk-…wXyZ`, `sk-abcd...wxyz`, `sk-****`. */
export const isMasked = (text: string): boolean =>
  text.includes(ELLIPSIS) || text.includes('...') || text.includes('****');
