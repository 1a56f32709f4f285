import { compileGlob } from '../../common/values/glob.js';
import { parseDuration } from '../../common/values/duration.js';
import { compilePaths } from '../../common/values/path.rules.js';
import { parseUpstreamBase } from '../../common/values/upstream.base.js';
import { parseForwardProxy, type ProxyChoice } from '../values/forward.proxy.js';
import type { ParamRule, Provider, ProviderDefaults, ProviderPolicy, StreamUsage } from './provider.js';
import type { ProviderSection } from './provider.file.js';

/** Compiles a valid section. */
export function compileProvider(name: string, section: ProviderSection, defaults: ProviderDefaults): Provider {
  const { timeouts, connection } = section;
  const { deadlines, proxyFor, readsUsage } = defaults;
  const streamUsage = section.stream_usage ?? defaults.streamUsage;
  return {
    name,
    ...parseUpstreamBase(section.base_url),
    deadlines: {
      connectTimeoutMs: msOf(timeouts?.connect) ?? deadlines.connectTimeoutMs,
      headersTimeoutMs: msOf(timeouts?.response_header) ?? deadlines.headersTimeoutMs,
      idleTimeoutMs: msOf(timeouts?.idle) ?? deadlines.idleTimeoutMs,
      maxDurationMs: msOf(timeouts?.stream) ?? deadlines.maxDurationMs,
    },
    connections: {
      max: connection?.max_connections,
      idleTimeoutMs: msOf(connection?.idle_timeout),
      maxAgeMs: msOf(connection?.max_age),
    },
    proxyFor: section.proxy === undefined ? proxyFor : ownProxy(section.proxy),
    streamUsage: streamUsage === 'inject' && !readsUsage ? 'off' : streamUsage,
    policy: compilePolicy(section, streamUsage),
  };
}

/** NO_PROXY does not apply: the section names the proxy of this provider. */
function ownProxy(text: string): ProxyChoice {
  const proxy = text === 'off' ? undefined : parseForwardProxy(text);
  return () => proxy;
}

const msOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseDuration(text));

/** Undefined when nothing is restricted or opened. */
function compilePolicy(section: ProviderSection, streamUsage: StreamUsage): ProviderPolicy | undefined {
  const policy: ProviderPolicy = {
    endpoints: section.allowed_endpoints && compilePaths(section.allowed_endpoints),
    methods: section.allowed_methods?.map((method) => method.toUpperCase()),
    params: Object.entries(section.param_whitelist ?? {}).map(([param, choices]) => compileParam(param, choices)),
    origins: section.allowed_origins && new Set(section.allowed_origins),
    requiredHeaders: section.required_headers?.map((header) => header.toLowerCase()) ?? [],
    allowsOrganization: section.allow_organization ?? false,
    allowsEncodedSlash: section.allow_encoded_slash ?? false,
  };
  const { endpoints, methods, params, origins, requiredHeaders, allowsOrganization, allowsEncodedSlash } = policy;
  const isSet = endpoints ?? methods ?? origins ?? (allowsOrganization || allowsEncodedSlash || undefined);
  return isSet || streamUsage === 'require' || params.length > 0 || requiredHeaders.length > 0 ? policy : undefined;
}

/** A text is a glob that matches texts; a number or a boolean matches only itself. */
function compileParam(name: string, choices: readonly (string | number | boolean)[]): ParamRule {
  const literals = new Set<string | number | boolean>(choices.filter((choice) => typeof choice !== 'string'));
  const globs = choices.filter((choice) => typeof choice === 'string').map(compileGlob);
  return {
    name,
    choices,
    allows: (value) => (typeof value === 'string' ? globs.some((glob) => glob(value)) : literals.has(value)),
  };
}
