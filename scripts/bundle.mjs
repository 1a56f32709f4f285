// Joins what `nest build` compiled, and the libraries, into a few files in dist/bundle: some thousand files are slow to load.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist', 'bundle');

/** Loaded when they are used, if ever; from node_modules, where TypeORM looks for its drivers by name, too. */
const AT_USE = ['mysql2', 'redis', 'swagger-ui-dist'];
/** Nest, its command line, Fastify and pg look whether these are there; here they are not. */
const NOT_HERE = [
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'pg-native',
  'prettier',
  'typescript',
];
const OUTSIDE = [...AT_USE, ...NOT_HERE];

/** TypeORM loads the drivers of eighteen databases; ours are three. A dialog library comes with nest-commander; our questions are our own. */
const UNUSED =
  /[\\/]typeorm[\\/]driver[\\/](?!better-sqlite3|mysql|postgres|sqlite-abstract)[\w-]+[\\/]\w+Driver\.js$|[\\/]node_modules[\\/](inquirer|libphonenumber-js)[\\/].*\.c?js$/;
/** Of what has a name in both worlds, the loaders that Node makes for a file hide from the bundler what they load: a second TypeORM. */
const OWN_REQUIRE = /[\\/]@nestjs[\\/]typeorm[\\/].*\.js$/;

/** Nest's own loggers, which ours stands in for, would make Node load what it knows of calendars: a seventh of the floor's start. */
const NEST_LOGGERS = /[\\/]@nestjs[\\/]common[\\/]services[\\/](console-)?logger\.service\.js$/;

/** In a file of its own, which SQLite does not load. */
const PG = /[\\/]node_modules[\\/](pg|pg-[\w-]+|pgpass|postgres-[\w-]+|split2|xtend)[\\/]/;

const plugin = {
  name: 'llm-proxy',
  // TypeORM's own way to it, which would tie the file to TypeORM's: we hand it over.
  resolveId: {
    filter: { id: /^pg$/ },
    handler: (id, importer) => (/[\\/]typeorm[\\/]/.test(importer) ? { id, external: true } : null),
  },
  load: {
    filter: { id: [UNUSED, /[\\/]dist[\\/](src|migrations)[\\/].*\.js$/] },
    handler: (id) => {
      if (UNUSED.test(id)) return { code: 'module.exports = {};', moduleType: 'js' };
      return { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') };
    },
  },
  transform: {
    filter: { id: [OWN_REQUIRE, NEST_LOGGERS] },
    handler: (code, id) => ({ code: OWN_REQUIRE.test(id) ? withoutRequire(code) : withLateCalendar(code), map: null }),
  },
  generateBundle(_options, files) {
    for (const [name, file] of Object.entries(files)) {
      // Libraries tell where they are by the names of their functions; their maps would be ten times ours.
      if (/^library.*\.map$/.test(name)) delete files[name];
      else if (/^library.*\.js$/.test(name)) file.code = inAscii(file.code);
    }
  },
};

const withoutRequire = (code) => code.replace('const require = createRequire(import.meta.url);', '');
const withLateCalendar = (code) =>
  code.replace(/= (new Intl\.DateTimeFormat\([^)]*\));/, '= { format: (date) => $1.format(date) };');
/** One other character, and V8 keeps two bytes of each in the file. */
const inAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const isLibrary = /[\\/]node_modules[\\/]/;
const build = await rolldown({
  cwd: ROOT,
  input: { main: 'dist/src/main.js', worker: 'dist/src/process/worker.js' },
  platform: 'node',
  preserveEntrySignatures: false,
  external: OUTSIDE.map((name) => new RegExp(`^${name}(/|$)`)),
  plugins: [plugin],
  onLog(level, log, report) {
    report(level === 'warn' ? 'error' : level, log);
  },
});
await build.write({
  dir: OUT,
  cleanDir: true,
  // Not modules: `import` of Node's own `http` makes Node load its `fetch`, a quarter of what the floor's start costs.
  format: 'cjs',
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      { name: 'library.pg', test: PG, priority: 1 },
      { name: 'library', test: isLibrary, entriesAware: true },
      { name: 'own', test: (id) => !isLibrary.test(id), entriesAware: true },
    ],
  },
  // Decorators are there before what is decorated, and nothing runs before it is needed.
  strictExecutionOrder: true,
  // Migrations are stored, and errors logged, by the name of their class.
  keepNames: true,
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  sourcemap: true,
  sourcemapExcludeSources: true,
  sourcemapPathTransform: (source) => relative(ROOT, join(OUT, source)).replaceAll('\\', '/'),
});
writeFileSync(join(OUT, 'package.json'), '{ "type": "commonjs" }\n');
