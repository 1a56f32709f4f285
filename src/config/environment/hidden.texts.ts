import { passwordsIn } from '../../common/connection/url.credentials.js';
import { isDecodable } from '../../common/values/escapes.js';
import type { SinkProxies } from '../values/dispatcher.config.js';
import { splitList } from '../values/config.validators.js';
import { type Environment, SECRET_VARIABLES } from './environment.js';

const HEADERS: ReadonlySet<string> = new Set(['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS']);
/** Webhooks have their secret in the path or in the query. */
const WEBHOOKS: ReadonlySet<string> = new Set(['SINK_WEBHOOK_URL']);
/** Other URLs have settings in their query. */
const SECRET_PARAMETER = /passw|secret|token|key/i;
/** A shorter part of a path may be an ordinary word. */
const MIN_SEGMENT_LENGTH = 16;
/** `Basic` and the like, of the Authorization header (RFC 9110 §11.4). */
const SCHEME = /^[A-Za-z][\w-]*\s+(?=\S)/;

/** The secrets of a process, and those within its variables, in each form that they are written in. */
export function hiddenTexts(env: Environment, proxies: SinkProxies): string[] {
  const ofVariables = SECRET_VARIABLES.flatMap((name) => secretsIn(name, env[name]));
  const ofProxies = [proxies.HTTPS_PROXY, proxies.HTTP_PROXY].flatMap((url) => passwordsIn(url ?? ''));
  return [...new Set([...ofVariables, ...ofProxies])].filter((text) => text !== '');
}

/** The lines of a value without those around a PEM, and what is secret within them. */
function secretsIn(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const lines = value.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  return [...lines, ...partsOf(name, value)];
}

function partsOf(name: string, value: string): string[] {
  if (HEADERS.has(name)) return splitList(value).flatMap(headerSecrets);
  if (value.startsWith('whsec_')) return [value.slice('whsec_'.length)];
  const url = URL.parse(value);
  if (!url) return [];
  const isWebhook = WEBHOOKS.has(name);
  return [...passwordsIn(value), ...querySecrets(url, isWebhook), ...(isWebhook ? pathSecrets(url) : [])];
}

/** Of `name=value`. */
function headerSecrets(pair: string): string[] {
  const value = pair.slice(pair.indexOf('=') + 1).trim();
  return forms(value).flatMap((text) => [text, ...credentialsOf(text)]);
}

/** What stands behind the scheme, and the password of `Basic`. */
function credentialsOf(header: string): string[] {
  const credential = header.replace(SCHEME, '');
  if (credential === header) return [];
  if (!/^basic\s/i.test(header)) return [credential];
  const pair = Buffer.from(credential, 'base64').toString();
  return pair.includes(':') ? [credential, pair.slice(pair.indexOf(':') + 1)] : [credential];
}

const querySecrets = ({ search }: URL, isWebhook: boolean): string[] =>
  search
    .slice(1)
    .split('&')
    .map((pair) => ({ name: pair.split('=', 1)[0]!, pair }))
    .filter(({ name }) => isWebhook || SECRET_PARAMETER.test(name))
    .flatMap(({ name, pair }) => forms(pair.slice(pair.includes('=') ? name.length + 1 : 0)));

const pathSecrets = ({ pathname }: URL): string[] =>
  pathname
    .split('/')
    .flatMap(forms)
    .filter(({ length }) => length >= MIN_SEGMENT_LENGTH);

/** As it is written, and decoded. */
const forms = (text: string): string[] => (isDecodable(text) ? [text, decodeURIComponent(text)] : [text]);
