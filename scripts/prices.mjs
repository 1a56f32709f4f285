// Writes config/prices.openai.yaml from the price lists of genai-prices and LiteLLM. Its result is read before it is committed.
//   npm pack @pydantic/genai-prices && tar xzf pydantic-genai-prices-*.tgz
//   pip download litellm --no-deps && unzip litellm-*.whl
//   npm run build && node scripts/prices.mjs package/dist/index.js genai-prices-0.1.8 \
//     litellm/model_prices_and_context_window_backup.json litellm-1.110.2
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { genaiPrices } from '../dist/src/openai/prices/genai.prices.js';
import { liteLlmPrices } from '../dist/src/openai/prices/litellm.prices.js';
import { parsePriceFile } from '../dist/src/openai/prices/price.file.js';
import { PriceNames } from '../dist/src/openai/prices/price.names.js';
import { entryText } from '../dist/src/openai/prices/price.text.js';
import { UNDATED } from '../dist/src/openai/prices/source.prices.js';
import { TOOL_UNITS, UNITS } from '../dist/src/openai/prices/price.units.js';

const [genaiFile, genaiRelease, liteLlmFile, liteLlmRelease] = process.argv.slice(2);
const OUT = new URL('../config/prices.openai.yaml', import.meta.url);

/** Names of other services, and of models that OpenAI does not serve by its API. */
const FOREIGN = /^gpt-oss|:extended$|^gpt-5-image|^gpt-5\.4-image|-35-|^gpt-35|^gpt-\d-\d(-|$)|\.ft-/;
/** In LiteLLM's list the price of cached tokens of this model stands in the field of written ones. */
const MISPLACED = { 'ft:gpt-4o-2024-11-20': { cache_write_30m: 'cached' } };
/** Tool prices that hold for every model. code_session: a container of the default size. */
const EVERY_MODEL = { web_search: 10_000_000_000, file_search: 2_500_000_000, code_session: 30_000_000_000 };
/** Tiers whose prices are half of the default ones; LiteLLM has some of them rounded to a cent for a million tokens. */
const HALVES = new Set(['flex', 'batch']);
const RELEASED = /-(20\d\d-\d\d-\d\d)$/;

const tierOf = ({ tier = 'default' }) => tier;
/** Names of models that genai-prices lists under another one, whose searches cost less. */
const APART = /^gpt-4o-mini-search-preview/;
/** Better names for some models of genai-prices. */
const RENAMED = { 'ft:gpt-3.5-turbo-': 'ft:gpt-3.5-turbo' };

const placeOf = (entry) => [entry.model, tierOf(entry), entry.from, entry.above ?? 0].join(' ');
const tokenUnits = UNITS.filter((unit) => !TOOL_UNITS.includes(unit));

const genai = await genaiList();
const liteLlm = liteLlmPrices(JSON.parse(readFileSync(liteLlmFile, 'utf8')));

async function genaiList() {
  const { findProvider } = await import(pathToFileURL(resolve(genaiFile)).href);
  const { models, prices } = genaiPrices(findProvider({ providerId: 'openai' }));
  return {
    models: Object.fromEntries(
      Object.entries(models)
        .filter(([name]) => !FOREIGN.test(name))
        .map(([name, others]) => [
          RENAMED[name] ?? name,
          others.filter((other) => !FOREIGN.test(other) && !APART.test(other)),
        ]),
    ),
    prices: prices
      .filter(({ model }) => !FOREIGN.test(model))
      .map((entry) => ({ ...entry, model: RENAMED[entry.model] ?? entry.model }))
      // One model has its step a token later than all others: the published border is "less than 272,000".
      .map((entry) => (entry.above === 272_000 ? { ...entry, above: 271_999 } : entry)),
  };
}

/** A model of genai-prices without prices is free. */
for (const name of Object.keys(genai.models))
  if (!genai.prices.some(({ model }) => model === name))
    genai.prices.push({ model: name, from: UNDATED, input: 0, output: 0 });

const names = new PriceNames(Object.keys(genai.models), genai.models);
const byModel = (entries) => Map.groupBy(entries, ({ model }) => model);
const ours = byModel(genai.prices);
const theirs = byModel(liteLlm.prices.map(corrected));

function corrected(entry) {
  const moves = MISPLACED[entry.model];
  return moves ? Object.fromEntries(Object.entries(entry).map(([key, value]) => [moves[key] ?? key, value])) : entry;
}

/** The list name of a model of LiteLLM: that of genai-prices, its own without a date when both cost the same, or its own. */
function listNameOf(model) {
  const known = names.find(model);
  if (known !== undefined) return known;
  const base = model.replace(RELEASED, '');
  return theirs.has(base) && isWithin(theirs.get(base), theirs.get(model)) ? base : model;
}

/** Each entry of `some` is among `all`. */
function isWithin(all, some) {
  const texts = new Set(all.map(textOf));
  return some.every((entry) => texts.has(textOf(entry)));
}

function textOf(entry) {
  return JSON.stringify({ ...entry, model: '' });
}

/** Of the models with one list name: the one that has the name, else the first. */
const chosen = new Map();
for (const model of theirs.keys()) {
  const name = listNameOf(model);
  if (!chosen.has(name) || model === name) chosen.set(name, model);
}

const merged = [];
for (const name of new Set([...ours.keys(), ...chosen.keys()])) merged.push(...mergedModel(name));

function mergedModel(name) {
  const base = ours.get(name) ?? [];
  const added = theirs.get(chosen.get(name)) ?? [];
  const start = releaseOf(name);
  const dated = base.map((entry) => ({ ...entry, from: entry.from === UNDATED ? start : entry.from }));
  const from =
    dated
      .map((entry) => entry.from)
      .toSorted()
      .at(-1) ?? start;
  const entries = new Map(dated.map((entry) => [placeOf(entry), entry]));
  for (const entry of added.map((each) => ({ ...each, model: name, from }))) {
    const place = placeOf(entry);
    reportDifference(entry, entries.get(place));
    entries.set(place, { ...entry, ...entries.get(place) });
  }
  return halved([...entries.values()].map(withoutCommonTools)).filter((entry) =>
    UNITS.some((unit) => entry[unit] !== undefined),
  );
}

/** The earliest date in the names of a model: it did not exist before. */
function releaseOf(name) {
  const all = [
    name,
    ...(genai.models[name] ?? []),
    ...[...theirs.keys()].filter((model) => listNameOf(model) === name),
  ];
  return all.flatMap((each) => RELEASED.exec(each)?.[1] ?? []).toSorted()[0] ?? UNDATED;
}

function reportDifference(theirEntry, ourEntry) {
  for (const unit of tokenUnits)
    if (ourEntry?.[unit] !== undefined && theirEntry[unit] !== undefined && ourEntry[unit] !== theirEntry[unit])
      console.error(
        `${placeOf(theirEntry)} ${unit}: genai-prices ${ourEntry[unit]} (taken), LiteLLM ${theirEntry[unit]}`,
      );
}

function withoutCommonTools(entry) {
  const place = Object.entries(entry).filter(([key]) => !UNITS.includes(key));
  const units = UNITS.filter((unit) => entry[unit] !== undefined && entry[unit] !== EVERY_MODEL[unit]);
  return Object.fromEntries([...place, ...units.map((unit) => [unit, entry[unit]])]);
}

function halved(entries) {
  return entries.map((entry) => {
    const whole = entries.find((each) => placeOf(each) === placeOf({ ...entry, tier: undefined }));
    if (!HALVES.has(tierOf(entry)) || !whole) return entry;
    const exact = (unit, price) => (Math.abs(price - whole[unit] / 2) < price * 0.05 ? whole[unit] / 2 : price);
    return Object.fromEntries(
      Object.entries(entry).map(([key, value]) => [key, tokenUnits.includes(key) ? exact(key, value) : value]),
    );
  });
}

const TIER_ORDER = ['default', 'batch', 'flex', 'priority', 'scale', 'ultrafast'];
const inOrder = (a, b) =>
  a.model.localeCompare(b.model, 'en') ||
  TIER_ORDER.indexOf(tierOf(a)) - TIER_ORDER.indexOf(tierOf(b)) ||
  a.from.localeCompare(b.from, 'en') ||
  (a.above ?? 0) - (b.above ?? 0);
const entries = [{ model: '*', from: UNDATED, ...EVERY_MODEL }, ...merged.toSorted(inOrder)];
const others = Object.entries(genai.models)
  .map(([name, all]) => [name, all.filter((other) => other.replace(RELEASED, '') !== name && !chosen.has(other))])
  .filter(([name, all]) => all.length > 0 && merged.some(({ model }) => model === name))
  .toSorted(([a], [b]) => a.localeCompare(b, 'en'));

const HEAD = `# List prices of OpenAI's models, in pico-dollars a unit: 2000000 is $2 for a million tokens.
# Made ${new Date().toISOString().slice(0, 10)} by scripts/prices.mjs from ${genaiRelease} (MIT) and ${liteLlmRelease} (MIT).
# genai-prices has the dates, and goes first where both have a price; LiteLLM has the tiers. An entry without a published
# first day begins with its model (the date in its name), or on ${UNDATED}. Entries are never changed: a new price is a
# later entry. docs/observability/usage-and-cost.md explains each key.
`;
const text = [
  HEAD,
  'models:\n',
  ...others.map(([name, all]) => `  ${quoted(name)}: [${all.map(quoted).join(', ')}]\n`),
  '\nprices:\n',
  ...entries.map(entryText),
].join('');

function quoted(name) {
  return /^[\w.-]+$/.test(name) ? name : `'${name}'`;
}

const { problems } = parsePriceFile(text);
if (problems) throw new Error(problems.join('\n'));
writeFileSync(OUT, text);
console.error(`${entries.length} entries, ${new Set(entries.map(({ model }) => model)).size} models`);
