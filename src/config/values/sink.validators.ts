import { escapeProblem } from '../../common/values/escapes.js';
import { validator } from '../../common/rest/validator.js';
import { SINK_NAMES, type SinkName } from './dispatcher.config.js';
import { splitList } from './config.validators.js';

const textValidator = (name: string, problem: (text: string) => string | undefined) =>
  validator(name, (value) => (typeof value === 'string' ? problem(value) : 'must be text'));

export const isSinkName = (name: string): name is SinkName => (SINK_NAMES as readonly string[]).includes(name);

export const IsSinkList = textValidator('isSinkList', (value) => {
  const names = splitList(value);
  if (!names.every(isSinkName)) return `must be a comma-separated list of ${SINK_NAMES.join(', ')}`;
  return new Set(names).size < names.length ? 'must not contain a sink twice' : undefined;
});

export function sinkUrlProblem(value: string): string | undefined {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol) || url.hash !== '')
    return 'must be a URL that begins with http:// or https://, without a fragment';
  return escapeProblem(url.username, url.password);
}

export const IsSinkUrl = textValidator('isSinkUrl', sinkUrlProblem);

/** Standard Webhooks 1.0: 24 to 64 random bytes. */
const SECRET = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/;
const SECRET_RULE = 'must be whsec_ and 24 to 64 random bytes in base64: `openssl rand -base64 32` generates them';

export const IsWebhookSecret = textValidator('isWebhookSecret', (value) => {
  const [, base64 = ''] = SECRET.exec(value) ?? [];
  const key = Buffer.from(base64, 'base64');
  return key.toString('base64') === base64 && key.length >= 24 && key.length <= 64 ? undefined : SECRET_RULE;
});

/** `name=value,…` with percent escapes in the values (OpenTelemetry, "Specifying headers via environment variables"). */
export function headerPairs(text: string): Record<string, string> {
  const pairs = splitList(text).map((entry) => [
    entry.slice(0, entry.indexOf('=')).trim(),
    decodeURIComponent(entry.slice(entry.indexOf('=') + 1).trim()),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

const HEADER_PAIR = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*=\s*[\x21-\x7e][\x20-\x7e]*$/;

export const IsHeaderPairs = textValidator('isHeaderPairs', (value) => {
  const isValid = splitList(value).every((entry) => HEADER_PAIR.test(entry));
  return isValid ? escapeProblem(value) : 'must be a comma-separated list of name=value';
});
