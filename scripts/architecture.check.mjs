// Checks the floors of the house, the writes of management calls, and the table and the picture of them in the docs. `--write` makes both anew.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cruise, format } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { writesOutsideCommit } from './write.check.mjs';

const PAGE = 'docs/architecture/index.md';
const block = (name) => new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
/** Its rules are called `floor-2-redis`. */
const FLOOR = /^floor-(\d+)-(.+)$/g;
/** `src/token`, and `src/app` for the files that stand in no room. */
const ROOM = '^src/[^/.]+';

const isProduct = (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts');
const posix = (file) => file.replaceAll('\\', '/');

async function read() {
  const options = {
    ...(await extractDepcruiseOptions('./.dependency-cruiser.cjs')),
    validate: true,
    outputType: 'json',
  };
  const { output } = await cruise(['src'], options, undefined, { tsConfig: extractTSConfig('./tsconfig.json') });
  return JSON.parse(output);
}

const byName = (key) => (a, b) => (a[key] < b[key] ? -1 : 1);
const isOurs = (key) => (entry) => entry[key].startsWith('src/');

/** One node a room; an arrow means "imports". Sorted, so that it changes only with the rooms. */
async function picture(result) {
  const modules = result.modules
    .filter(isOurs('source'))
    .toSorted(byName('source'))
    .map((module) => ({
      ...module,
      dependencies: module.dependencies.filter(isOurs('resolved')).toSorted(byName('resolved')),
    }));
  const { output } = await format({ ...result, modules }, { outputType: 'mermaid', collapse: ROOM });
  return `\`\`\`mermaid\n${output.trim()}\n\`\`\`\n`;
}

/** The highest first, as in a house. */
function table() {
  const floors = [];
  for (const [, floor, room] of forbidden.flatMap(({ name }) => [...name.matchAll(FLOOR)]))
    (floors[floor] ??= []).push(room === 'cli' ? '`cli` (and `main.ts`, `app.*.ts`)' : `\`${room}\``);
  const rows = floors.map((rooms, floor) => `| ${floor} | ${rooms.join(', ')} |\n`);
  return `| floor | rooms |\n|---|---|\n${rows.toReversed().join('')}`;
}

/** What is wrong, one line each. A run that read too little cannot say that anything is right. */
function faults({ modules, summary }) {
  const seen = new Set(modules.map(({ source }) => source));
  const unread = globSync('src/**/*.ts')
    .map(posix)
    .filter(isProduct)
    .filter((file) => !seen.has(file));
  const broken = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  return [
    ...unread.map((file) => `${file} was not read`),
    ...(seen.size === 0 ? ['no module was read'] : []),
    ...broken,
  ];
}

const result = await read();
const page = readFileSync(PAGE, 'utf8');
const blocks = { floors: table(), picture: await picture(result) };
let fresh = page;
for (const [name, text] of Object.entries(blocks))
  fresh = fresh.replace(block(name), (_all, open, close) => open + text + close);
const wrong = [...faults(result), ...writesOutsideCommit()];
if (process.argv.includes('--write')) writeFileSync(PAGE, fresh);
else if (fresh !== page || Object.values(blocks).some((text) => !fresh.includes(text)))
  wrong.push(`${PAGE}: the table or the picture is not current: npm run arch:picture`);

for (const line of wrong) console.error(line);
console.log(`${result.modules.filter(({ source }) => isProduct(source)).length} modules read, ${wrong.length} faults`);
process.exitCode = wrong.length === 0 ? 0 : 1;
