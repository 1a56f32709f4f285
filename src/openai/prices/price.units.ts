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
const WHOLE_OF = [
  ['cached', 'input'],
  ['cache_write', 'input'],
  ['cache_write_12h', 'cache_write'],
  ['audio_input', 'input'],
  ['image_input', 'input'],
  ['audio_output', 'output'],
  ['image_output', 'output'],
  ['cached_audio', 'cached'],
  ['cached_image', 'cached'],
] as const satisfies (readonly [keyof Figures, keyof Figures])[];

const isFigure = (value: number): boolean => value >= 0 && value <= Number.MAX_SAFE_INTEGER;

const BILLED_FIGURES = ['input', 'output', 'seconds', 'trained'] as const satisfies (keyof Figures)[];

/**
 * The figures of a call by what they are billed as. Parts are taken out of their whole, and never exceed it. Undefined
 * when nothing is billed by these figures: none is known, one is no count, or a part has no known whole.
 */
export function billedOf(figures: Figures, tools?: ToolFigures): Billed | undefined {
  if (!areCounts(figures) || isPartWithoutWhole(figures)) return undefined;
  const isKnown = BILLED_FIGURES.some((name) => figures[name] !== undefined);
  if (tools === undefined) return isKnown ? withoutZeros(inputOf(figures), outputOf(figures)) : undefined;
  if (!areCounts(tools) || !(isKnown || Object.values(tools).some((value) => value !== undefined))) return undefined;
  return withoutZeros(inputOf(figures), outputOf(figures), toolsOf(tools));
}

function areCounts(figures: Figures | ToolFigures): boolean {
  for (const value of Object.values(figures)) if (value !== undefined && !isFigure(value)) return false;
  return true;
}

const isPartWithoutWhole = (figures: Figures): boolean =>
  WHOLE_OF.some(([part, whole]) => (figures[part] ?? 0) > 0 && figures[whole] === undefined);

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

function inputOf(figures: Figures): Billed {
  const input = new Remainder(figures.input ?? 0);
  const cached = new Remainder(input.take(figures.cached));
  const written = new Remainder(input.take(figures.cache_write));
  const audioCached = cached.take(figures.cached_audio);
  const imageCached = cached.take(figures.cached_image);
  return {
    audio_cached: audioCached,
    image_cached: imageCached,
    cached: cached.rest(),
    cache_write_12h: written.take(figures.cache_write_12h),
    cache_write_30m: written.rest(),
    audio_input: input.take(Math.max(0, (figures.audio_input ?? 0) - audioCached)),
    image_input: input.take(Math.max(0, (figures.image_input ?? 0) - imageCached)),
    input: input.rest(),
  };
}

function outputOf(figures: Figures): Billed {
  const output = new Remainder(figures.output ?? 0);
  return {
    audio_output: output.take(figures.audio_output),
    image_output: output.take(figures.image_output),
    output: output.rest(),
    second: figures.seconds ?? 0,
    trained: figures.trained ?? 0,
  };
}

const toolsOf = (tools: ToolFigures): Billed =>
  Object.fromEntries(Object.entries(TOOL_UNIT_OF).map(([name, unit]) => [unit, tools[name as keyof ToolFigures] ?? 0]));

function withoutZeros(...parts: readonly Billed[]): Billed {
  const billed: Billed = {};
  for (const part of parts)
    for (const [unit, count] of Object.entries(part) as [Unit, number][]) if (count > 0) billed[unit] = count;
  return billed;
}
