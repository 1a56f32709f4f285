import type { Figures, ToolFigures } from '../usage/usage.record.js';

/** What is billed by tokens, by the second, or once a model is trained. */
export const TOKEN_UNITS = [
  'input',
  'cached',
  'cache_write_30m',
  'cache_write_12h',
  'output',
  'audio_input',
  'audio_cached',
  'audio_output',
  'image_input',
  'image_cached',
  'image_output',
  'second',
  'trained',
] as const;
/** Use of hosted tools. It costs the same in every tier. */
export const TOOL_UNITS = [
  'web_search',
  'file_search',
  'code_session',
  'tool_image_input',
  'tool_image_output',
  'svg_input',
  'svg_output',
] as const;
export const UNITS = [...TOKEN_UNITS, ...TOOL_UNITS] as const;
export type Unit = (typeof UNITS)[number];

/** How many of each unit a call is billed for. Units that it did not use are absent. */
export type Billed = Partial<Record<Unit, number>>;

const TOOL_UNIT_OF = {
  web_search: 'web_search',
  file_search: 'file_search',
  code_sessions: 'code_session',
  image_input: 'tool_image_input',
  image_output: 'tool_image_output',
  svg_input: 'svg_input',
  svg_output: 'svg_output',
} as const satisfies Record<keyof ToolFigures, Unit>;

/** The parts of a whole that are figures of their own. */
const WHOLE_OF: Partial<Record<keyof Figures, keyof Figures>> = {
  cached: 'input',
  cache_write: 'input',
  cache_write_12h: 'cache_write',
  audio_input: 'input',
  image_input: 'input',
  audio_output: 'output',
  image_output: 'output',
  cached_audio: 'cached',
  cached_image: 'cached',
};

const isFigure = (value: number): boolean => value >= 0 && value <= Number.MAX_SAFE_INTEGER;

/**
 * The figures of a call by what they are billed as. Parts are taken out of their whole, and never exceed it. Undefined
 * when nothing is billed by these figures: none is known, one is no count, or a part has no known whole.
 */
export function billedOf(figures: Figures, tools?: ToolFigures): Billed | undefined {
  if (!areCounts(figures) || isPartWithoutWhole(figures)) return undefined;
  const { input, output, seconds, trained } = figures;
  const isKnown = input !== undefined || output !== undefined || seconds !== undefined || trained !== undefined;
  if (tools === undefined && !isKnown) return undefined;
  if (tools && (!areCounts(tools) || !(isKnown || Object.values(tools).some((value) => value !== undefined))))
    return undefined;
  const billed: Billed = {};
  putInput(billed, figures);
  putOutput(billed, figures);
  if (tools) putTools(billed, tools);
  return billed;
}

function areCounts(figures: Figures | ToolFigures): boolean {
  for (const name in figures) {
    const value = figures[name as keyof typeof figures];
    if (value !== undefined && !isFigure(value)) return false;
  }
  return true;
}

/** Only the parts that there are: this runs for every event. */
function isPartWithoutWhole(figures: Figures): boolean {
  for (const part in figures) {
    const whole = WHOLE_OF[part as keyof Figures];
    if (whole !== undefined && (figures[part as keyof Figures] ?? 0) > 0 && figures[whole] === undefined) return true;
  }
  return false;
}

/** Takes at most `asked` of what is left. */
class Remainder {
  constructor(private left: number) {}

  take(asked = 0): number {
    const taken = Math.min(asked, this.left);
    this.left -= taken;
    return taken;
  }

  rest(): number {
    return this.take(this.left);
  }
}

function putInput(billed: Billed, figures: Figures): void {
  const input = new Remainder(figures.input ?? 0);
  const cached = new Remainder(input.take(figures.cached));
  const written = new Remainder(input.take(figures.cache_write));
  const audioCached = cached.take(figures.cached_audio);
  const imageCached = cached.take(figures.cached_image);
  put(billed, 'audio_cached', audioCached);
  put(billed, 'image_cached', imageCached);
  put(billed, 'cached', cached.rest());
  put(billed, 'cache_write_12h', written.take(figures.cache_write_12h));
  put(billed, 'cache_write_30m', written.rest());
  put(billed, 'audio_input', input.take(Math.max(0, (figures.audio_input ?? 0) - audioCached)));
  put(billed, 'image_input', input.take(Math.max(0, (figures.image_input ?? 0) - imageCached)));
  put(billed, 'input', input.rest());
}

function putOutput(billed: Billed, figures: Figures): void {
  const output = new Remainder(figures.output ?? 0);
  put(billed, 'audio_output', output.take(figures.audio_output));
  put(billed, 'image_output', output.take(figures.image_output));
  put(billed, 'output', output.rest());
  put(billed, 'second', figures.seconds ?? 0);
  put(billed, 'trained', figures.trained ?? 0);
}

function putTools(billed: Billed, tools: ToolFigures): void {
  for (const [name, unit] of Object.entries(TOOL_UNIT_OF)) put(billed, unit, tools[name as keyof ToolFigures] ?? 0);
}

function put(billed: Billed, unit: Unit, count: number): void {
  if (count > 0) billed[unit] = count;
}
