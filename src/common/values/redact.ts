/** A shorter secret may be an ordinary word. */
const MIN_SECRET_LENGTH = 8;

/** Replaces everything that looks like a token or an upstream key by `sk-…`. The log must not contain any. */
export const redact = (text: string): string => (text.includes('sk-') ? text.replace(/sk-[\w-]{8,}/g, 'sk-…') : text);

/** Whether a text has one of the secrets of the process in it. */
export const hasSecret = (text: string, secrets: readonly string[] = []): boolean =>
  secrets.some((secret) => secret.length >= MIN_SECRET_LENGTH && text.includes(secret));

/** The text, with `…` for each of the secrets of the process. */
export const withoutSecrets = (text: string, secrets: readonly string[] = []): string =>
  hasSecret(text, secrets)
    ? secrets
        .filter(({ length }) => length >= MIN_SECRET_LENGTH)
        // The longer first: a secret may be a part of another.
        .toSorted((a, b) => b.length - a.length)
        .reduce((clear, secret) => clear.replaceAll(secret, () => '…'), text)
    : text;
