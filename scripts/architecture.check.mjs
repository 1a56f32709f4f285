// Checks the floors of src/ and of web/, the writes of management calls, and the tables and the picture of them in the docs.
// `--write` makes these anew.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { writesOutsideCommit } from './write.check.mjs';

const PAGE = 'docs/architecture/index.md';
const WEB_PAGE = 'docs/architecture/web.md';
const block = (name) => new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
const require = createRequire(import.meta.url);
const { forbidden } = require('../.dependency-cruiser.cjs');
const { forbidden: forbiddenInWeb } = require('../web/floors.cjs');
/** The rules are called `floor-2-redis` and, inside a room, `inner-proxy-1-admission`; in the web interface `web-floor-1-ui`. */
const FLOOR = /^floor-(?<floor>\d+)-(?<room>.+)$/;
const INNER = /^inner-(?<parent>.+)-(?<floor>\d+)-(?<room>.+)$/;
const WEB_FLOOR = /^web-floor-(?<floor>\d+)-(?<room>.+)$/;

const isProduct = (file) => /\.tsx?$/.test(file) && !/\.spec\.ts$|\.d\.ts$/.test(file);
const posix = (file) => file.replaceAll('\\', '/');

async function read(folder, rules, tsConfig) {
  const options = { ...(await extractDepcruiseOptions(rules)), validate: true, outputType: 'json' };
  const { output } = await cruise([folder], options, undefined, { tsConfig: extractTSConfig(resolve(tsConfig)) });
  return JSON.parse(output);
}

/** `src/token/token.cache.ts` → `token`; a file outside every room belongs to `app`, but `main`. */
function roomOf(file) {
  const [, room, inside] = file.split('/');
  if (inside !== undefined) return room;
  return room === 'main.ts' ? 'main' : 'app';
}

/** Room → the set of rooms that it imports. */
function roomGraph({ modules }) {
  const isOurs = (file) => file.startsWith('src/');
  const graph = new Map();
  for (const { source, dependencies } of modules.filter((module) => isOurs(module.source))) {
    const imports = graph.get(roomOf(source)) ?? new Set();
    graph.set(roomOf(source), imports);
    for (const { resolved } of dependencies) if (isOurs(resolved)) imports.add(roomOf(resolved));
    imports.delete(roomOf(source));
  }
  return graph;
}

/** Every room that can be reached from one, over any number of imports. */
function reachable(graph, from, seen = new Set()) {
  for (const room of graph.get(from) ?? []) if (!seen.has(room)) reachable(graph, room, seen.add(room));
  return seen;
}

/** An arrow means "imports". An arrow that a longer way implies is left out. Sorted, so that only a change of the rooms changes it. */
function picture(result) {
  const graph = roomGraph(result);
  const arrows = [...graph].flatMap(([room, imports]) => {
    const implied = new Set([...imports].flatMap((other) => [...reachable(graph, other)]));
    return [...imports].filter((other) => !implied.has(other)).map((other) => `  ${room} --> ${other}\n`);
  });
  return `\`\`\`mermaid\nflowchart TD\n${arrows.toSorted().join('')}\`\`\`\n`;
}

/** The names of one floor, as Markdown. */
const code = (rooms) => rooms.map((room) => `\`${room}\``).join(', ');

/** The rules that `pattern` matches, as floor → rooms. */
const floorsOf = (rules) =>
  Object.values(Object.groupBy(rules, ({ floor }) => floor)).map((rooms) => rooms.map(({ room }) => room));

const rulesNamed = (pattern, rules = forbidden) =>
  rules.map(({ name }) => pattern.exec(name)?.groups).filter((rule) => rule !== undefined);

const markdown = (head, rows) =>
  `| ${head.join(' | ')} |\n|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |\n`).join('')}`;

/** Each floor with what stands on it, the highest first. */
const floorTable = (name, rules) =>
  markdown(
    ['floor', name],
    floorsOf(rules)
      .map((rooms, floor) => [floor, code(rooms)])
      .toReversed(),
  );

/** The floors of the rooms, then those inside a room. */
function tables() {
  const inner = Object.entries(Object.groupBy(rulesNamed(INNER), ({ parent }) => parent)).map(([parent, rules]) => [
    code([parent]),
    floorsOf(rules).map(code).join(' < '),
  ]);
  return [floorTable('rooms', rulesNamed(FLOOR)), markdown(['inside', 'folders, the lowest floor first'], inner)].join(
    '\n',
  );
}

/** A room with more files than this wants inner rooms; a longer file does two things. */
const MAX_FILES = 25;
const MAX_LINES = 250;

function crowded(files) {
  const folders = Object.entries(Object.groupBy(files, (file) => file.slice(0, file.lastIndexOf('/'))));
  return [
    ...folders
      .filter(([, inside]) => inside.length > MAX_FILES)
      .map(([folder, inside]) => `${folder} has ${inside.length} files: at most ${MAX_FILES}`),
    ...files
      .map((file) => [file, readFileSync(file, 'utf8').split('\n').length - 1])
      .filter(([, lines]) => lines > MAX_LINES)
      .map(([file, lines]) => `${file} has ${lines} lines: at most ${MAX_LINES}`),
  ];
}

/** One line a problem. A run that has not read every module of `folder` is a problem too. */
function problems({ modules, summary }, folder) {
  const seen = new Set(modules.map(({ source }) => source));
  const files = globSync(`${folder}/**/*.{ts,tsx}`).map(posix).filter(isProduct);
  const unread = files.filter((file) => !seen.has(file));
  const broken = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  return [
    ...unread.map((file) => `${file} was not read`),
    ...(seen.size === 0 ? ['no module was read'] : []),
    ...broken,
    ...crowded(files),
  ];
}

const result = await read('src', './.dependency-cruiser.cjs', './tsconfig.json');
const web = await read('web/src', './web/floors.cjs', './web/tsconfig.json');
const wrong = [...problems(result, 'src'), ...problems(web, 'web/src'), ...writesOutsideCommit()];

/** Writes the blocks of a page anew, or finds that they are not current. */
function renew(file, blocks) {
  const page = readFileSync(file, 'utf8');
  let fresh = page;
  for (const [name, text] of Object.entries(blocks))
    fresh = fresh.replace(block(name), (_all, open, close) => open + text + close);
  if (process.argv.includes('--write')) writeFileSync(file, fresh);
  else if (fresh !== page || Object.values(blocks).some((text) => !fresh.includes(text)))
    wrong.push(`${file}: the tables or the picture are not current: npm run arch:picture`);
}

renew(PAGE, { floors: tables(), picture: picture(result) });
renew(WEB_PAGE, { floors: floorTable('folders', rulesNamed(WEB_FLOOR, forbiddenInWeb)) });

for (const line of wrong) console.error(line);
console.log(
  `${[...result.modules, ...web.modules].filter(({ source }) => isProduct(source) && !source.includes('node_modules')).length} modules read, ${wrong.length} problems`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
