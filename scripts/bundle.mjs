// Bundles the compiled program and its libraries into a few files in dist/bundle: a thousand files load slowly.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist', 'bundle');

/** Loaded on first use, from node_modules: TypeORM looks its drivers up by name there. */
const LOADED_ON_USE = [
  'mysql2',
  'redis',
  'swagger-ui-dist',
  '@opentelemetry/api',
  '@opentelemetry/exporter-trace-otlp-proto',
  '@opentelemetry/resources',
];
/** Optional packages that Nest, nest-commander, Fastify and pg look for. They are not installed. */
const NOT_INSTALLED = [
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
const EXTERNAL = [...LOADED_ON_USE, ...NOT_INSTALLED];

/** TypeORM loads the drivers of eighteen databases, of which three are used. nest-commander loads a dialog library, which is not used. */
const UNUSED =
  /[\\/]typeorm[\\/]driver[\\/](?!better-sqlite3|mysql|postgres|sqlite-abstract)[\w-]+[\\/]\w+Driver\.js$|[\\/]node_modules[\\/](inquirer|libphonenumber-js)[\\/].*\.c?js$/;

/** Edits of library sources. The build fails unless each edit hits its `expected` files, and each of them exactly once. */
const REWRITES = [
  {
    // `createRequire` hides its imports from the bundler, which would leave a second copy of TypeORM. Other files of the package have none.
    files: /[\\/]@nestjs[\\/]typeorm[\\/].*\.js$/,
    find: /const require = createRequire\(import\.meta\.url\);/g,
    replacement: '',
    expected: ['typeorm-compat.js'],
  },
  {
    // Nest's own loggers are not used, but their date format makes Node load its calendar data: a seventh of the minimal start-up time.
    files: /[\\/]@nestjs[\\/]common[\\/]services[\\/](console-)?logger\.service\.js$/,
    find: /= (new Intl\.DateTimeFormat\([^)]*\));/g,
    replacement: '= { format: (date) => $1.format(date) };',
    expected: ['console-logger.service.js', 'logger.service.js'],
  },
].map((rewrite) => ({ ...rewrite, hits: /** @type {string[]} */ ([]) }));

/** A chunk of its own, which a server on SQLite does not load. */
const PG = /[\\/]node_modules[\\/](pg|pg-[\w-]+|pgpass|postgres-[\w-]+|split2|xtend)[\\/]/;

const plugin = {
  name: 'llm-proxy',
  // TypeORM's own import of pg would tie TypeORM's chunk to pg's. The program passes pg to TypeORM instead.
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
    filter: { id: REWRITES.map(({ files }) => files) },
    handler: (code, id) => ({ code: rewritten(code, id), map: null }),
  },
  buildEnd(error) {
    if (!error) assertRewritten();
  },
  generateBundle(_options, files) {
    for (const [name, file] of Object.entries(files)) {
      // Function names are enough to locate an error in a library. The maps of the libraries are ten times the size of ours.
      if (/^library.*\.map$/.test(name)) delete files[name];
      else if (/^library.*\.js$/.test(name)) file.code = inAscii(file.code);
    }
  },
};

function rewritten(code, id) {
  const { find, replacement, hits } = REWRITES.find(({ files }) => files.test(id));
  hits.push(...Array.from(code.matchAll(find), () => basename(id)));
  return code.replace(find, replacement);
}

function assertRewritten() {
  for (const { find, hits, expected } of REWRITES)
    if (hits.toSorted().join() !== expected.join())
      throw new Error(
        `${find} must match once in each of ${expected.join()}, but matched in ${hits.join()}: adapt scripts/bundle.mjs`,
      );
}

/** V8 stores a file with any other character in two bytes a character. */
const inAscii = (code) =>
  code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const isLibrary = /[\\/]node_modules[\\/]/;
const build = await rolldown({
  cwd: ROOT,
  input: {
    main: 'dist/src/main.js',
    worker: 'dist/src/process/worker.js',
    'events.worker': 'dist/src/process/events.worker.js',
  },
  platform: 'node',
  preserveEntrySignatures: false,
  external: EXTERNAL.map((name) => new RegExp(`^${name}(/|$)`)),
  plugins: [plugin],
  onLog(level, log, report) {
    report(level === 'warn' ? 'error' : level, log);
  },
});
await build.write({
  dir: OUT,
  cleanDir: true,
  // CommonJS: `import` of `node:http` makes Node load its `fetch`, a quarter of the minimal start-up time.
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
  // Decorators load before the classes they decorate, and no module runs before it is needed.
  strictExecutionOrder: true,
  // The class name identifies a stored migration and a logged error.
  keepNames: true,
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  sourcemap: true,
  sourcemapExcludeSources: true,
  sourcemapPathTransform: (source) => relative(ROOT, join(OUT, source)).replaceAll('\\', '/'),
});
writeFileSync(join(OUT, 'package.json'), '{ "type": "commonjs" }\n');
