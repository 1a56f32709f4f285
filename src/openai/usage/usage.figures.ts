import type { FigureName, Figures, ToolFigures, ToolFigureName } from './usage.record.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

const NONE: JsonObject = {};

/** A count of tokens; undefined for anything else, which is unknown. */
const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;

/** Seconds. The figures of videos are texts. */
export function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const isKnown = typeof seconds === 'number' && seconds >= 0 && seconds <= Number.MAX_SAFE_INTEGER;
  return isKnown ? seconds : undefined;
}

/** The figures of a `usage` object of any endpoint. */
export function figuresOf(usage: JsonObject): Figures {
  const input = objectOf(
    usage['prompt_tokens_details'] ?? usage['input_tokens_details'] ?? usage['input_token_details'],
  );
  const output = objectOf(
    usage['completion_tokens_details'] ?? usage['output_tokens_details'] ?? usage['output_token_details'],
  );
  const figures: Partial<Record<FigureName, number>> = {};
  put(figures, 'input', count(usage['prompt_tokens'] ?? usage['input_tokens']));
  put(figures, 'output', count(usage['completion_tokens'] ?? usage['output_tokens']));
  put(figures, 'total', count(usage['total_tokens']));
  put(figures, 'seconds', secondsOf(usage['seconds']));
  if (input) putInput(figures, input);
  if (output) putOutput(figures, output);
  return figures;
}

function putInput(figures: Partial<Record<FigureName, number>>, details: JsonObject): void {
  put(figures, 'cached', count(details['cached_tokens']));
  put(figures, 'cache_write', count(details['cache_write_tokens']));
  put(figures, 'cache_write_12h', count((objectOf(details['cache_write_tokens_details']) ?? NONE)['ttl_12h_tokens']));
  put(figures, 'audio_input', count(details['audio_tokens']));
  put(figures, 'image_input', count(details['image_tokens']));
  const cached = objectOf(details['cached_tokens_details']);
  if (!cached) return;
  put(figures, 'cached_audio', count(cached['audio_tokens']));
  put(figures, 'cached_image', count(cached['image_tokens']));
}

function putOutput(figures: Partial<Record<FigureName, number>>, details: JsonObject): void {
  put(figures, 'reasoning', count(details['reasoning_tokens']));
  put(figures, 'accepted_prediction', count(details['accepted_prediction_tokens']));
  put(figures, 'rejected_prediction', count(details['rejected_prediction_tokens']));
  put(figures, 'audio_output', count(details['audio_tokens']));
  put(figures, 'image_output', count(details['image_tokens']));
}

function put<Name extends string>(into: Partial<Record<Name, number>>, name: Name, value: number | undefined): void {
  if (value !== undefined) into[name] = value;
}

/** True for at least one figure. */
export function hasFigures(figures: Figures): boolean {
  for (const _ in figures) return true;
  return false;
}

/** True for a total that is not input + output, and for a part that exceeds its whole. */
export function contradict(figures: Figures): boolean {
  const { input, output, total, cached } = figures;
  if (input !== undefined && output !== undefined && total !== undefined && total !== input + output) return true;
  return (
    exceeds(cached, input) ||
    exceeds(figures.cache_write, input) ||
    exceeds(figures.cache_write_12h, figures.cache_write) ||
    exceeds(figures.audio_input, input) ||
    exceeds(figures.image_input, input) ||
    exceeds(figures.cached_audio, cached) ||
    exceeds(figures.cached_image, cached) ||
    exceeds(figures.reasoning, output) ||
    exceeds(figures.accepted_prediction, output) ||
    exceeds(figures.rejected_prediction, output) ||
    exceeds(figures.audio_output, output) ||
    exceeds(figures.image_output, output)
  );
}

const exceeds = (part: number | undefined, whole: number | undefined): boolean =>
  part !== undefined && whole !== undefined && part > whole;

/** Adds figures, name by name. */
export function sumOf<Name extends string>(
  list: readonly Partial<Record<Name, number>>[],
): Partial<Record<Name, number>> {
  const sum: Partial<Record<Name, number>> = {};
  for (const figures of list)
    for (const name of Object.keys(figures) as Name[]) sum[name] = (sum[name] ?? 0) + (figures[name] ?? 0);
  return sum;
}

/** The use of hosted tools: `tool_usage` and `output` of a response, `svg_usage` of a picture. */
export function toolFiguresOf(document: JsonObject): ToolFigures | undefined {
  const { tool_usage: used, svg_usage: drawn, output } = document;
  if (used === undefined && drawn === undefined && output === undefined) return undefined;
  const tools: Partial<Record<ToolFigureName, number>> = {};
  const usage = objectOf(used) ?? NONE;
  const pictures = objectOf(usage['image_gen']) ?? NONE;
  const svg = objectOf(drawn) ?? NONE;
  put(tools, 'web_search', count((objectOf(usage['web_search']) ?? NONE)['num_requests']));
  put(tools, 'image_input', count(pictures['input_tokens']));
  put(tools, 'image_output', count(pictures['output_tokens']));
  put(tools, 'svg_input', count(svg['input_tokens']));
  put(tools, 'svg_output', count(svg['output_tokens']));
  if (Array.isArray(output)) countItems(tools, output);
  for (const _ in tools) return tools;
  return undefined;
}

/** Calls of tools among the items of a response. Code sessions are billed by container. */
function countItems(tools: Partial<Record<ToolFigureName, number>>, output: readonly unknown[]): void {
  const items = output.map(objectOf).filter((item) => item !== undefined);
  const ofType = (type: string): JsonObject[] => items.filter((item) => item['type'] === type);
  const searches = ofType('web_search_call').filter((item) => objectOf(item['action'])?.['type'] === 'search').length;
  const files = ofType('file_search_call').length;
  const sessions = new Set(ofType('code_interpreter_call').map((item) => item['container_id'])).size;
  if (tools.web_search === undefined && searches > 0) tools.web_search = searches;
  if (files > 0) tools.file_search = files;
  if (sessions > 0) tools.code_sessions = sessions;
}
