import type { GenAiNames } from '../../config/values/dispatcher.config.js';
import type { ProxyEvent } from '../../events/event/proxy.event.js';
import type { RouteName } from '../../openai/route.name.js';
import { inputOf, outputOf } from './event.content.js';
import { hasFailed } from './event.lines.js';
import { CACHE_WRITE_1_41, GENAI, OPEN_INFERENCE } from './otel.genai.v0_1.js';

export type Attributes = Record<string, string | number | boolean>;
type Unset = Record<string, string | number | boolean | undefined>;

const OPERATIONS: Partial<Record<RouteName, string>> = {
  chat_completions: 'chat',
  responses: 'chat',
  response: 'fetch_response',
  completions: 'text_completion',
  embeddings: 'embeddings',
  images: 'generate_content',
};
const USAGE = [
  'input',
  'output',
  'cached',
  'cache_write',
  'reasoning',
  'audio_input',
  'audio_output',
  'image_input',
  'image_output',
] as const;
const OPEN_INFERENCE_USAGE = ['input', 'output', 'total', 'cached', 'cache_write', 'reasoning'] as const;

export const operationOf = ({ route }: ProxyEvent): string => OPERATIONS[route] ?? route;

export function attributesOf(event: ProxyEvent, names: GenAiNames): Attributes {
  const specific = names === 'openinference' ? openInference(event) : { ...genAi(event), ...usageOf(event, names) };
  return withoutUndefined({ ...specific, ...common(event) });
}

const genAi = (event: ProxyEvent): Unset => ({
  [GENAI.operation]: operationOf(event),
  [GENAI.provider]: 'openai',
  [GENAI.requestModel]: event.request_model,
  [GENAI.requestStream]: event.stream,
  [GENAI.responseModel]: event.model,
  [GENAI.responseId]: event.response_id,
  [GENAI.firstChunk]: event.stream && event.first_byte_ms !== undefined ? event.first_byte_ms / 1000 : undefined,
  [GENAI.inputMessages]: asText(inputOf(event)),
  [GENAI.outputMessages]: asText(outputOf(event)),
  'openai.api.type': API_TYPES[event.route],
  'openai.response.service_tier': event.tier,
});

const API_TYPES: Partial<Record<RouteName, string>> = {
  chat_completions: 'chat_completions',
  responses: 'responses',
  response: 'responses',
};

/** A read of a response reports no tokens: the request that made it does. */
function usageOf(event: ProxyEvent, names: GenAiNames): Unset {
  const usage = figuresOf(event);
  if (usage === undefined || operationOf(event) === 'fetch_response') return {};
  const attributes: Unset = Object.fromEntries(USAGE.map((figure) => [GENAI[figure], usage[figure]]));
  if (names !== '0.1.0') attributes[CACHE_WRITE_1_41] = usage.cache_write;
  if (names === '1.41') delete attributes[GENAI.cache_write];
  return attributes;
}

function openInference(event: ProxyEvent): Unset {
  const usage = figuresOf(event);
  return {
    [OPEN_INFERENCE.kind]: event.route === 'embeddings' ? 'EMBEDDING' : 'LLM',
    [OPEN_INFERENCE.model]: event.model ?? event.request_model,
    [OPEN_INFERENCE.provider]: 'openai',
    [OPEN_INFERENCE.inputValue]: asText(inputOf(event)),
    [OPEN_INFERENCE.outputValue]: asText(outputOf(event)),
    ...Object.fromEntries(OPEN_INFERENCE_USAGE.map((figure) => [OPEN_INFERENCE[figure], usage?.[figure]])),
  };
}

const common = (event: ProxyEvent): Unset => ({
  'http.request.method': event.method,
  'url.path': event.path,
  'http.response.status_code': event.status,
  'error.type': hasFailed(event) ? (event.code ?? (event.end === 'ok' ? String(event.status) : event.end)) : undefined,
  'llm_proxy.event.id': event.id,
  'llm_proxy.request.id': event.request_id,
  'llm_proxy.project.id': event.project_id,
  'llm_proxy.token.id': event.token_id,
  'llm_proxy.end': event.end,
  'llm_proxy.usage.source': event.usage?.source,
  'llm_proxy.cost.nano_usd': event.cost?.nano_usd,
});

const figuresOf = ({ usage }: ProxyEvent) => (usage === undefined || usage.source === 'none' ? undefined : usage);

function asText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const withoutUndefined = (attributes: Unset): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined),
  );
