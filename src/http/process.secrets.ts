/** A shorter secret may be an ordinary word. */
const MIN_SECRET_LENGTH = 8;

export const hasSecret = (text: string, secrets: readonly string[]): boolean =>
  secrets.some((secret) => secret.length >= MIN_SECRET_LENGTH && text.includes(secret));

/** The text, with `…` for each secret. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  hasSecret(text, secrets)
    ? secrets
        .filter(({ length }) => length >= MIN_SECRET_LENGTH)
        // The longer first: a secret may be a part of another.
        .toSorted((a, b) => b.length - a.length)
        .reduce((clear, secret) => clear.replaceAll(secret, () => '…'), text)
    : text;
