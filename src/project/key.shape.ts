const OPENAI_ORIGIN = 'https://api.openai.com';
/** OpenAI's keys begin with `sk-` and are longer. Other upstreams have keys of any form. */
const OPENAI_KEY = /^sk-[\w-]{17,}$/;
const SHORT = 8;

/** Why a text can never be an upstream key, in words that follow its name; undefined when it may be one. */
export function keyFault(key: string, managementTokens: readonly (string | undefined)[]): string | undefined {
  if (/^["'`“”‘’]|["'`“”‘’]$/.test(key)) return 'has quotes around it: send the key without them';
  if (key.startsWith('sk-wt-')) return 'is a withering token: send the key that the upstream issued';
  if (key.startsWith('sk-op-')) return 'is the credential of an operator: send the key that the upstream issued';
  return managementTokens.includes(key) ? 'is a management token: send the key that the upstream issued' : undefined;
}

/** Why a key is probably a mistake at this upstream; undefined when it looks right. */
export function keyDoubt(key: string, origin: string): string | undefined {
  if (key.length < SHORT) return `api_key has fewer than ${SHORT} characters`;
  return origin === OPENAI_ORIGIN && !OPENAI_KEY.test(key)
    ? 'api_key does not look like a key of OpenAI, which begins with sk-'
    : undefined;
}
