/** How a token or a key is displayed: its ends, with an ellipsis between them. */
const DISPLAY_FORM = /^sk-[\w-]*(?:…|\.\.\.)\w+$/i;
const WHOLE = /^sk-[\w-]{20,}$/i;
const TOKEN = /^sk-wt-/;
/** Where a secret begins in a line of a log or of an `.env`; `risk-` begins none. */
const BEGIN = /(?<![a-z\d])sk-|sk-(?:wt|op|proj|svcacct|admin)-[\w-]{16}/i;

const isDisplayForm = (text: string): boolean => DISPLAY_FORM.test(text.trim());

/** Whether a word has the beginning of a secret and is no display form: it has no place in an address. */
export const isSecret = (text: string): boolean =>
  text.split(/\s+/).some((word) => BEGIN.test(word) && !isDisplayForm(word));

/** Whether it is one secret from its first to its last letter, as it is pasted. */
export const isWholeSecret = (text: string): boolean => WHOLE.test(text.trim());

/** Whether it is the secret of a token, or its display form: found by a call whose body has it, never by an address. */
export const isToken = (text: string): boolean =>
  TOKEN.test(text.trim()) && (isWholeSecret(text) || isDisplayForm(text));
