import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { plainToInstance } from 'class-transformer';
import type { AppConfig } from './app.config.js';
import { compileConfig } from './config.compile.js';
import { ConfigError } from './config.error.js';
import { Environment, SECRET_VARIABLES, VARIABLES } from './environment.js';
import { environmentProblems } from './environment.problems.js';
import { nearestName } from './nearest.name.js';
import { loadProviders } from './provider.choice.js';
import { proxyChoice, proxyProblems, proxyWarnings } from './proxy.choice.js';
import { tokenWeakness } from './token.strength.js';

export type Variables = Record<string, string | undefined>;

/** The variables of an `.env` file; none when the file does not exist. Throws ConfigError when it cannot be read. */
export function readEnvFile(path: string): Variables {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    throw new ConfigError([`${path}: cannot be read (${code})`]);
  }
}

export interface LoadedConfig {
  config: AppConfig;
  /** Lines for the operator that do not prevent the start. */
  warnings: string[];
}

/** Validates all variables at once. Throws ConfigError with every problem. */
export function loadConfig(variables: Variables): LoadedConfig {
  const env = toEnvironment(variables);
  const problems = [...environmentProblems(env), ...proxyProblems(env.UPSTREAM_PROXY, variables)];
  const warnings: string[] = [];
  if (variables['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    problems.push('NODE_TLS_REJECT_UNAUTHORIZED=0 is refused: upstream TLS is always verified');

  const weakness = env.MANAGEMENT_TOKEN ? tokenWeakness(env.MANAGEMENT_TOKEN) : undefined;
  if (weakness) (env.NODE_ENV === 'production' ? problems : warnings).push(`MANAGEMENT_TOKEN ${weakness}`);
  const misspelt = misspellings(variables);
  (env.CONFIG_STRICT === 'true' ? problems : warnings).push(...misspelt);
  // A required variable that is missing is often a misspelt one.
  if (problems.length > 0) throw new ConfigError([...new Set([...problems, ...misspelt])]);

  const config = compileConfig(env, loadProviders(env, proxyChoice(env.UPSTREAM_PROXY, variables)));
  warnings.push(...securityWarnings(config), ...unusedWarnings(env), ...proxyWarnings(env.UPSTREAM_PROXY, variables));
  return { config, warnings };
}

/** An absent or empty variable has its default. A secret has none, so that an empty one is reported. */
function toEnvironment(variables: Variables): Environment {
  const given: Variables = {};
  for (const name of VARIABLES) {
    const value = variables[name];
    if (value !== undefined && (value !== '' || SECRET_VARIABLES.includes(name))) given[name] = value;
  }
  return plainToInstance(Environment, given, { exposeDefaultValues: true });
}

const misspellings = (variables: Variables): string[] =>
  Object.keys(variables).flatMap((name) => {
    const nearest = nearestName(name, VARIABLES);
    return nearest ? [`${name} is not known: did you mean ${nearest}?`] : [];
  });

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

function securityWarnings({ encryptionKey, listen, trustedProxies }: AppConfig): string[] {
  const warnings: string[] = [];
  if (!encryptionKey) warnings.push('ENCRYPTION_KEY is not set: the database stores upstream keys unencrypted');
  if (!LOOPBACK.has(listen.host) && !trustedProxies)
    warnings.push(
      'LISTEN_ADDR is reachable from other machines over unencrypted HTTP: put a TLS proxy in front of the server and list its address in TRUSTED_PROXIES',
    );
  return warnings;
}

const unusedWarnings = (env: Environment): string[] =>
  env.API_CONFIG_PATH !== undefined && env.OPENAI_API_URL !== new Environment().OPENAI_API_URL
    ? ['OPENAI_API_URL is not used: the file in API_CONFIG_PATH defines the providers']
    : [];
