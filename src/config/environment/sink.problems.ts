import type { SinkName } from '../values/dispatcher.config.js';
import { splitList } from '../values/config.validators.js';
import { isSinkName, sinkUrlProblem } from '../values/sink.validators.js';
import type { SinkVariables } from './sink.variables.js';

/** The sinks of this process. `DISPATCHER_SERVICE` is the name of the Go system. */
export const servicesOf = (env: SinkVariables): SinkName[] =>
  splitList(env.DISPATCHER_SERVICES || (env.DISPATCHER_SERVICE ?? '')).filter(isSinkName);

/** The endpoint and the key of a sink by the names of the Go system, which has one sink. */
export function singleSink(env: SinkVariables, name: SinkName): { endpoint?: string; apiKey?: string } {
  const services = servicesOf(env);
  if (services.length !== 1 || services[0] !== name) return {};
  const endpoint = env.DISPATCHER_ENDPOINT;
  const apiKey = env.LLM_PROXY_API_KEY;
  return { ...(endpoint !== undefined && { endpoint }), ...(apiKey !== undefined && { apiKey }) };
}

/** The variables that a sink needs: one of each list. */
const NEEDED: Record<SinkName, readonly (readonly (keyof SinkVariables)[])[]> = {
  file: [['SINK_FILE_PATH', 'DISPATCHER_ENDPOINT']],
  webhook: [
    ['SINK_WEBHOOK_URL', 'DISPATCHER_ENDPOINT'],
    ['SINK_WEBHOOK_SECRET', 'LLM_PROXY_API_KEY'],
  ],
  otlp: [['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'DISPATCHER_ENDPOINT']],
  lunary: [['SINK_LUNARY_API_KEY', 'LLM_PROXY_API_KEY']],
  helicone: [['SINK_HELICONE_API_KEY', 'LLM_PROXY_API_KEY']],
};
const GO_NAMES: ReadonlySet<string> = new Set(['DISPATCHER_ENDPOINT', 'LLM_PROXY_API_KEY']);

/** What is wrong with the variables of sinks together: one line each. */
export function sinkProblems(env: SinkVariables): string[] {
  const services = servicesOf(env);
  return [
    ...services.flatMap((name) => missing(env, name, services.length === 1)),
    ...severalSinks(env, services),
    ...endpointProblem(env, services),
    ...rotationProblem(env),
  ];
}

function missing(env: SinkVariables, sink: SinkName, isSingle: boolean): string[] {
  return NEEDED[sink]
    .map((names) => (isSingle ? names : names.filter((name) => !GO_NAMES.has(name))))
    .filter((names) => names.every((name) => env[name] === undefined))
    .map(([name]) => `${name} is required when DISPATCHER_SERVICES contains ${sink}`);
}

const severalSinks = (env: SinkVariables, services: readonly SinkName[]): string[] =>
  services.length < 2
    ? []
    : (['DISPATCHER_ENDPOINT', 'LLM_PROXY_API_KEY'] as const)
        .filter((name) => env[name] !== undefined)
        .map((name) => `${name} is for one sink, but there are ${services.length}: set the variables of each sink`);

/** The endpoint of a file is a path; that of any other sink is a URL. */
function endpointProblem({ DISPATCHER_ENDPOINT: endpoint }: SinkVariables, [first]: readonly SinkName[]): string[] {
  if (endpoint === undefined || first === undefined || first === 'file') return [];
  const problem = sinkUrlProblem(endpoint);
  return problem === undefined ? [] : [`DISPATCHER_ENDPOINT ${problem}`];
}

const rotationProblem = (env: SinkVariables): string[] =>
  env.SINK_WEBHOOK_SECRET_PREVIOUS !== undefined && env.SINK_WEBHOOK_SECRET === undefined
    ? ['SINK_WEBHOOK_SECRET_PREVIOUS needs SINK_WEBHOOK_SECRET, the secret that replaces it']
    : [];
