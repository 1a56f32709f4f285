// Checks the floors of the house and the picture of them in the docs. `--write` draws the picture anew.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { cruise, format } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const PAGE = 'docs/architecture/index.md';
const BLOCK = /(<!-- picture -->\n)[^]*?(<!-- \/picture -->)/;
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
const drawn = await picture(result);
const fresh = page.replace(BLOCK, (_all, open, close) => open + drawn + close);
const wrong = faults(result);
if (process.argv.includes('--write')) writeFileSync(PAGE, fresh);
else if (!fresh.includes(drawn) || fresh !== page)
  wrong.push(`${PAGE}: the picture is not current: npm run arch:picture`);

for (const line of wrong) console.error(line);
console.log(`${result.modules.filter(({ source }) => isProduct(source)).length} modules read, ${wrong.length} faults`);
process.exitCode = wrong.length === 0 ? 0 : 1;
