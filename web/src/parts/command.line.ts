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

/** The same as a GET of the management API. */
export const curlLine = (path: string, query: Options): string =>
  [
    `curl -G "$LLM_PROXY_URL${path}"`,
    '-H "Authorization: Bearer $MANAGEMENT_TOKEN"',
    ...given(query).map(([name, value]) => `--data-urlencode ${word(`${name}=${value}`)}`),
  ].join(' \\\n  ');
