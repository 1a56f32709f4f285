import { durationMs } from '../../common/values/duration.js';
import { ConfigError } from '../values/config.error.js';
import type { Environment } from '../environment/environment.js';
import type { ProxyChoice } from '../values/forward.proxy.js';
import { compileProvider } from './provider.compile.js';
import { readProviderFile } from './provider.loader.js';
import { type ProviderDefaults, Providers, type StreamUsage } from './provider.js';

const BUILT_IN = 'openai';

/** The providers of the file in API_CONFIG_PATH, or the built-in one without a file. Throws ConfigError with every problem. */
export function loadProviders(env: Environment, proxyFor: ProxyChoice): Providers {
  const defaults = defaultsOf(env, proxyFor);
  const file = env.API_CONFIG_PATH === undefined ? undefined : readProviderFile(env.API_CONFIG_PATH);
  const all = file
    ? [...file.sections].map(([name, section]) => compileProvider(name, section, defaults))
    : [compileProvider(BUILT_IN, { base_url: env.OPENAI_API_URL }, defaults)];
  const name = env.DEFAULT_API_PROVIDER ?? file?.defaultApi ?? (all.length === 1 ? all[0]!.name : BUILT_IN);
  const standard = all.find((provider) => provider.name === name);
  if (!standard) throw new ConfigError([standardProblem(env, name)]);
  return new Providers(all, standard);
}

const defaultsOf = (env: Environment, proxyFor: ProxyChoice): ProviderDefaults => ({
  deadlines: {
    connectTimeoutMs: durationMs(env.UPSTREAM_CONNECT_TIMEOUT),
    headersTimeoutMs: durationMs(env.UPSTREAM_HEADERS_TIMEOUT),
    idleTimeoutMs: durationMs(env.UPSTREAM_IDLE_TIMEOUT),
    maxDurationMs: durationMs(env.STREAM_MAX_DURATION),
  },
  proxyFor,
  streamUsage: env.STREAM_USAGE as StreamUsage,
  readsUsage: env.OBSERVABILITY_ENABLED === 'true',
});

const standardProblem = (env: Environment, name: string): string =>
  env.DEFAULT_API_PROVIDER === undefined
    ? `API_CONFIG_PATH ${env.API_CONFIG_PATH}: default_api is required, because no provider is called ${name}`
    : `DEFAULT_API_PROVIDER ${name} is not the name of a provider`;
