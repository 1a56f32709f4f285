import { globProblem } from '../../common/values/glob.js';
import { EVERY_MODEL, TIERS } from './price.document.js';
import { type Unit, UNITS } from './price.units.js';
import { isMap } from './source.prices.js';

const TOP_LEVEL: ReadonlySet<string> = new Set(['extends', 'models', 'prices']);
const ENTRY_KEYS: ReadonlySet<string> = new Set(['model', 'tier', 'from', 'above', ...UNITS]);
const MAX_NAME_LENGTH = 200;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a price document; `lineOf` is the line of an entry of `prices` by its index. */
export function documentProblems(document: unknown, lineOf: (index: number) => number): string[] {
  if (!isMap(document)) return ['must be a map with the key prices'];
  const { extends: base, models, prices } = document;
  const problems = Object.keys(document)
    .filter((key) => !TOP_LEVEL.has(key))
    .map((key) => `${key.slice(0, 80)} is not a known key`);
  if (base !== undefined && base !== 'openai') problems.push('extends must be openai');
  if (models !== undefined) problems.push(...modelsProblems(models));
  if (!Array.isArray(prices)) return [...problems, 'prices must be a list'];
  const entries = prices as readonly unknown[];
  if (entries.length === 0 && base === undefined) problems.push('prices must have an entry');
  const ofEntries = entries.flatMap((entry, index) =>
    entryProblems(entry).map((problem) => `line ${lineOf(index)}: ${problem}`),
  );
  return [
    ...problems,
    ...ofEntries,
    ...(ofEntries.length > 0 ? [] : repetitions(entries as readonly Fields[], lineOf)),
  ];
}

function modelsProblems(models: unknown): string[] {
  if (!isMap(models)) return ['models must be a map of names to lists of other names'];
  const seen = new Map<string, string>();
  return Object.entries(models).flatMap(([name, others]) => {
    if (!Array.isArray(others)) return [`models.${name.slice(0, 80)} must be a list`];
    return others.flatMap((other: unknown) => {
      const problem = globProblem(other);
      if (problem !== undefined) return [`models.${name.slice(0, 80)}: ${problem}`];
      const first = seen.get(other as string);
      seen.set(other as string, name);
      return first === undefined ? [] : [`models.${name.slice(0, 80)}: ${String(other)} belongs to ${first} already`];
    });
  });
}

function entryProblems(entry: unknown): string[] {
  if (!isMap(entry)) return ['must be a map such as {model: gpt-5.6-terra, from: 2026-07-30, input: 2000000}'];
  const unknown = Object.keys(entry).filter((key) => !ENTRY_KEYS.has(key));
  const units = UNITS.filter((unit) => entry[unit] !== undefined);
  return [
    ...unknown.map((key) => `${key.slice(0, 80)} is not a known key`),
    ...placeProblems(entry),
    ...(units.length === 0 ? [`has no price: name one of ${UNITS.slice(0, 5).join(', ')}, …`] : []),
    ...units.filter((unit) => !isPico(entry[unit])).map((unit) => `${unit} must be a whole number of pico-dollars`),
  ];
}

function placeProblems({ model, tier, from, above }: Fields): string[] {
  const problems: string[] = [];
  if (typeof model !== 'string' || model === '' || model.length > MAX_NAME_LENGTH)
    problems.push('model must be a name');
  else if (model.includes('*') && model !== EVERY_MODEL)
    problems.push('model must be a name without *: patterns stand under models');
  if (tier !== undefined && !(TIERS as readonly unknown[]).includes(tier))
    problems.push(`tier must be one of ${TIERS.join(', ')}`);
  if (typeof from !== 'string' || !isDay(from)) problems.push('from must be a date such as 2026-07-30');
  if (above !== undefined && !isPico(above)) problems.push('above must be a whole number of input tokens');
  return problems;
}

/** A number that a program holds exactly. */
const isPico = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isDay(text: string): boolean {
  const time = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Two prices of one unit for the same requests and days: which of them holds would depend on their order. */
function repetitions(entries: readonly Fields[], lineOf: (index: number) => number): string[] {
  const seen = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const { model, tier = 'default', from, above = 0 } = entry;
    const place = [model, tier, from, above].join(' ');
    return UNITS.filter((unit) => entry[unit] !== undefined).flatMap((unit: Unit) => {
      const first = seen.get(`${place} ${unit}`);
      if (first === undefined) seen.set(`${place} ${unit}`, lineOf(index));
      return first === undefined ? [] : [`line ${lineOf(index)}: ${unit} is in line ${first} already`];
    });
  });
}
