import { parseDuration } from '../common/values/duration.js';
import { parseUpstreamBase } from '../common/values/upstream.base.js';
import type { Environment } from './environment.js';
import { type Deadlines, type Provider, Providers } from './provider.js';
import { compileProvider } from './provider.compile.js';
import { type ProviderFile, readProviderFile } from './provider.loader.js';

const BUILT_IN = 'openai';

const ms = (text: string): number => parseDuration(text) ?? 0;

/** What the environment says of time, for every provider that says nothing else. */
const deadlinesOf = (env: Environment): Deadlines => ({
  connectTimeoutMs: ms(env.UPSTREAM_CONNECT_TIMEOUT),
  headersTimeoutMs: ms(env.UPSTREAM_HEADERS_TIMEOUT),
  idleTimeoutMs: ms(env.UPSTREAM_IDLE_TIMEOUT),
  maxDurationMs: ms(env.STREAM_MAX_DURATION),
});

/** The providers of the file that is named, else the built-in one; or why there are none, one line a fault. */
export function loadProviders(env: Environment): { providers: Providers; faults: string[] } {
  const builtIn = builtInProvider(env);
  const file = env.API_CONFIG_PATH === undefined ? undefined : readProviderFile(env.API_CONFIG_PATH);
  const all = file ? fromFile(file, env) : [builtIn];
  const name = standardName(env, file, all);
  const standard = all.find((provider) => provider.name === name);
  const faults = file?.faults ?? [];
  if (faults.length === 0 && !standard) faults.push(standardFault(env, name));
  return { providers: new Providers(all, standard ?? builtIn), faults };
}

const builtInProvider = (env: Environment): Provider => ({
  name: BUILT_IN,
  ...parseUpstreamBase(env.OPENAI_API_URL),
  deadlines: deadlinesOf(env),
  connections: { max: undefined, idleTimeoutMs: undefined },
  policy: undefined,
});

const fromFile = ({ sections }: ProviderFile, env: Environment): Provider[] =>
  [...sections].map(([name, section]) => compileProvider(name, section, deadlinesOf(env)));

/** DEFAULT_API_PROVIDER, else the file's default_api, else `openai`, else the only one there is. */
const standardName = (env: Environment, file: ProviderFile | undefined, all: readonly Provider[]): string =>
  env.DEFAULT_API_PROVIDER ?? file?.defaultApi ?? (all.length === 1 ? all[0]!.name : BUILT_IN);

const standardFault = (env: Environment, name: string): string =>
  env.DEFAULT_API_PROVIDER === undefined
    ? `API_CONFIG_PATH ${env.API_CONFIG_PATH}: default_api is required, because no provider is called ${name}`
    : `DEFAULT_API_PROVIDER ${name} is not the name of a provider`;
