type Value = string | number | undefined;
export type Options = Readonly<Record<string, Value>>;

const PLAIN = /^[\w.:/@-]+$/;

/** A text as one word of a shell. */
export const word = (value: string | number): string => {
  const text = String(value);
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
};

const given = (options: Options): [string, string | number][] =>
  Object.entries(options).filter((entry): entry is [string, string | number] => entry[1] !== undefined);

/** A command of `llm-proxy`: `token_id` is `--token-id`. Options without a value are left out. */
export const cliLine = (command: string, options: Options): string =>
  [
    `llm-proxy ${command}`,
    ...given(options).map(([name, value]) => `--${name.replaceAll('_', '-')} ${word(value)}`),
  ].join(' ');

/** A GET of the management API. */
export const curlLine = (path: string, query: Options): string =>
  [
    `curl -G "$LLM_PROXY_URL${path}"`,
    '-H "Authorization: Bearer $MANAGEMENT_TOKEN"',
    ...given(query).map(([name, value]) => `--data-urlencode ${word(`${name}=${value}`)}`),
  ].join(' \\\n  ');

/** A value `$NAME` is left to the shell. */
const jsonWord = (body: object): string =>
  word(JSON.stringify(body)).replaceAll(/"(\$[A-Z_]+)"/g, (_, name: string) => `"'"${name}"'"`);

/** Any other call of the management API; `path` may have a query, and `body` values such as `$OPENAI_API_KEY`. */
export const curlCall = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): string =>
  [
    `curl -X ${method} "$LLM_PROXY_URL${path}"`,
    '-H "Authorization: Bearer $MANAGEMENT_TOKEN"',
    ...(body === undefined ? [] : [`-H "Content-Type: application/json" -d ${jsonWord(body)}`]),
  ].join(' \\\n  ');
