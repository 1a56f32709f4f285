import {
  compileNoProxy,
  DIRECT,
  type ForwardProxy,
  forwardProxyProblem,
  parseForwardProxy,
  type ProxyChoice,
  withScheme,
} from '../values/forward.proxy.js';
import type { SinkProxies } from '../values/dispatcher.config.js';
import type { Variables } from '../values/variables.js';

const CUSTOMARY = ['HTTPS_PROXY', 'HTTP_PROXY'] as const;

/** Variables that may contain the credentials of a proxy. */
export const PROXY_VARIABLES = ['UPSTREAM_PROXY', ...CUSTOMARY.flatMap((name) => [name, name.toLowerCase()])];

/** As curl does: the lower case has precedence, and an empty variable counts as absent. */
const valueOf = (variables: Variables, name: string): string | undefined =>
  variables[name.toLowerCase()] || variables[name] || undefined;

/** What is wrong with the variables that `UPSTREAM_PROXY=env` follows: one line each. */
export const proxyProblems = (setting: string | undefined, variables: Variables): string[] =>
  CUSTOMARY.flatMap((name) => {
    const text = setting === 'env' ? valueOf(variables, name) : undefined;
    const problem = text === undefined ? undefined : forwardProxyProblem(text);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });

/** A line for the operator when a proxy is set that is not followed. */
export function proxyWarnings(setting: string | undefined, variables: Variables): string[] {
  const set = CUSTOMARY.filter((name) => valueOf(variables, name) !== undefined);
  if (setting || set.length === 0) return [];
  return [
    `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set, but connections to upstreams are direct: ` +
      'set UPSTREAM_PROXY=env to follow it, or UPSTREAM_PROXY=off to connect directly without this warning',
  ];
}

/** The same proxies as variables, for the connections of sinks. */
export function sinkProxies(setting: string | undefined, variables: Variables): SinkProxies {
  if (!setting || setting === 'off') return {};
  const [https, http, none] = [...CUSTOMARY, 'NO_PROXY'].map((name) => valueOf(variables, name));
  const urlOf = (text: string | undefined): string | undefined => text && withScheme(text);
  const proxies = setting === 'env' ? [urlOf(https), urlOf(http)] : [urlOf(setting), urlOf(setting)];
  return Object.fromEntries(
    [
      ['HTTPS_PROXY', proxies[0]],
      ['HTTP_PROXY', proxies[1]],
      ['NO_PROXY', none],
    ].filter(([, value]) => value !== undefined),
  ) as SinkProxies;
}

/** The proxies of valid variables. */
export function proxyChoice(setting: string | undefined, variables: Variables): ProxyChoice {
  if (!setting || setting === 'off') return DIRECT;
  const isEnv = setting === 'env';
  const proxyOf = (name: string): ForwardProxy | undefined => {
    const text = isEnv ? valueOf(variables, name) : setting;
    return text === undefined ? undefined : parseForwardProxy(text);
  };
  const [https, http] = [proxyOf('HTTPS_PROXY'), proxyOf('HTTP_PROXY')];
  const isExcepted = compileNoProxy(valueOf(variables, 'NO_PROXY') ?? '');
  return (origin) => {
    const { protocol, hostname, port } = new URL(origin);
    const [proxy, standardPort] = protocol === 'https:' ? [https, 443] : [http, 80];
    const host = hostname.replace(/^\[|\]$/g, '');
    return proxy && !isExcepted(host, Number(port) || standardPort) ? proxy : undefined;
  };
}
