import { plainToInstance } from 'class-transformer';
import type { AppConfig } from './app.config.js';
import { compileConfig } from './config.compile.js';
import { ConfigError } from './values/config.error.js';
import { Environment, VARIABLES } from './environment/environment.js';
import { environmentProblems } from './environment/environment.problems.js';
import { foreignNames } from './environment/foreign.names.js';
import { givenVariables, KNOWN_NAMES } from './environment/given.variables.js';
import { nearestName } from './nearest.name.js';
import { openPrices } from './prices/price.loader.js';
import { loadProviders } from './provider/provider.choice.js';
import { proxyChoice, proxyProblems, proxyWarnings, sinkProxies } from './environment/proxy.choice.js';
import { tokenWeakness } from './token.strength.js';
import type { Variables, VariableSources } from './values/variables.js';

export interface LoadedConfig {
  config: AppConfig;
  /** Lines for the operator that do not prevent the start. */
  warnings: string[];
}

/** Validates all variables at once. Throws ConfigError with every problem. `sources` is what `/manage/system` says of them. */
export function loadConfig(all: Variables, sources: VariableSources = {}): LoadedConfig {
  const { variables, problems: refused } = givenVariables(all);
  const env = toEnvironment(variables);
  // A variable that could not be read is missing for a reason that has its own line.
  const isExplained = (line: string) => refused.some((reason) => reason.startsWith(line.split(' ')[0]!));
  const problems = [
    ...refused,
    ...environmentProblems(env).filter((line) => !isExplained(line)),
    ...proxyProblems(env.UPSTREAM_PROXY, variables),
  ];
  const warnings: string[] = [];
  if (variables['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    problems.push('NODE_TLS_REJECT_UNAUTHORIZED=0 is refused: upstream TLS is always verified');

  (env.NODE_ENV === 'production' ? problems : warnings).push(...weaknesses(env));
  const misspelt = misspellings(variables);
  (env.CONFIG_STRICT === 'true' ? problems : warnings).push(...misspelt);
  // A required variable that is missing is often a misspelt one.
  if (problems.length > 0) throw new ConfigError([...new Set([...problems, ...misspelt])]);

  if (env.PRICES_PATH !== undefined) openPrices(env.PRICES_PATH);
  const providers = loadProviders(env, proxyChoice(env.UPSTREAM_PROXY, variables));
  const config = compileConfig(env, providers, sinkProxies(env.UPSTREAM_PROXY, variables), sources);
  warnings.push(...foreignNames(variables), ...securityWarnings(config), ...unusedWarnings(env));
  warnings.push(...proxyWarnings(env.UPSTREAM_PROXY, variables));
  return { config, warnings };
}

const weaknesses = (env: Environment): string[] =>
  (['MANAGEMENT_TOKEN', 'MANAGEMENT_TOKEN_PREVIOUS'] as const).flatMap((name) => {
    const weakness = env[name] ? tokenWeakness(env[name]) : undefined;
    return weakness ? [`${name} ${weakness}`] : [];
  });

/** An absent variable has its default. */
function toEnvironment(variables: Variables): Environment {
  const given = Object.fromEntries(VARIABLES.map((name) => [name, variables[name]]).filter(([, value]) => value));
  return plainToInstance(Environment, given, { exposeDefaultValues: true });
}

const misspellings = (variables: Variables): string[] =>
  Object.keys(variables).flatMap((name) => {
    const nearest = nearestName(name, KNOWN_NAMES);
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

function unusedWarnings(env: Environment): string[] {
  const defaults = new Environment();
  const warnings: string[] = [];
  if (env.API_CONFIG_PATH !== undefined && env.OPENAI_API_URL !== defaults.OPENAI_API_URL)
    warnings.push('OPENAI_API_URL is not used: the file in API_CONFIG_PATH defines the providers');
  if (env.AUDIT_ENABLED === 'false' && env.AUDIT_LOG_FILE !== undefined)
    warnings.push('AUDIT_LOG_FILE is not used: AUDIT_ENABLED is false, so no rows are written');
  if (env.DB_DRIVER !== 'sqlite' && env.DATABASE_PATH !== defaults.DATABASE_PATH)
    warnings.push('DATABASE_PATH is not used: DATABASE_URL names the database');
  return warnings;
}
