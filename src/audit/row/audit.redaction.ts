/** Shorter secrets may be ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** Keys of OpenAI and of this program. The masked form of a key stays, also of a service account: `sk-svcacct-…wXyZ`. */
const OWN_KEYS = /sk-(?!svcacct-…)[\w-]{8,}/g;
/** Keys of other providers (src/http/request.id.ts), JSON web tokens, and values of the Authorization header. */
const OTHER_KEYS = /\b(gsk_|xai-|hf_|gh[pousr]_|AIza)[\w-]{8,}/g;
const WEB_TOKENS = /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
const BEARERS = /\b(Bearer\s+)[\w.~+/=-]{16,}/gi;
/** Hardly any text of a row has one of these, and one look costs less than four. */
const BEGINNINGS = /sk-|gsk_|xai-|hf_|gh[pousr]_|AIza|eyJ|bearer/i;

/** Replaces the secrets in a text. */
export type Redaction = (text: string) => string;

/** Replaces what has the form of a key. */
export const hideKeys: Redaction = (text) =>
  BEGINNINGS.test(text)
    ? text.replace(OWN_KEYS, 'sk-…').replace(OTHER_KEYS, '$1…').replace(WEB_TOKENS, 'eyJ…').replace(BEARERS, '$1…')
    : text;

/** Replaces the given secrets and what has the form of a key. */
export function redactionOf(secrets: readonly string[]): Redaction {
  // The longer first: a secret may be a part of another.
  const hidden = [...new Set(secrets)]
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    .toSorted((a, b) => b.length - a.length);
  return (text) => hideKeys(hidden.reduce((clear, secret) => clear.replaceAll(secret, () => '…'), text));
}
