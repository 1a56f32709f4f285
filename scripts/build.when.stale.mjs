// Builds when dist/ is missing or older than its sources. Says so on standard error. With `server` it builds no more than
// the API document is made from: the web interface is made from that document, so that neither could be renewed without
// the other.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
  'src',
  'migrations',
  'bin',
  'config/prices.openai.yaml',
  'scripts/bundle.mjs',
  'scripts/help.mjs',
  'scripts/prices.compile.mjs',
  'scripts/warm.mjs',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
/** What the web interface alone is made of. */
const WEB_SOURCES = ['web', 'api/openapi.yaml', 'scripts/admin.types.mjs', 'scripts/admin.pack.mjs'];
/** A build writes this one itself. */
const MADE = 'web/src/api/schema.d.ts';
/** The last file that a build writes: its time is that of the last complete build. */
const PRODUCT = join(ROOT, 'dist/help.json');

/** What the API document is made from. */
const SERVER = join(ROOT, 'dist/bundle/main.js');

/** Milliseconds since the epoch; 0 when the path does not exist. */
const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** The time of a folder counts too: it changes when a file is removed. */
function newestIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (path === join(ROOT, MADE)) return 0;
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

const newestOf = (names) => Math.max(...names.map((name) => newestIn(join(ROOT, name))));

/** Runs a script of package.json; false when it failed. */
function build(script, why) {
  process.stderr.write(`${why} …\n`);
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd: ROOT,
    // Standard output belongs to the command that follows.
    stdio: ['inherit', process.stderr, 'inherit'],
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
  return status === 0;
}

function buildAll() {
  const builtAt = changedAt(PRODUCT);
  const isStale = builtAt <= newestOf(SOURCES);
  const isWebStale = builtAt <= newestOf(WEB_SOURCES) || !existsSync(join(ROOT, 'dist/admin/files.json'));
  if (isStale)
    build(
      'build',
      `${builtAt === 0 ? 'Building once' : 'Building again, because the sources have changed'}: this takes about 30 s`,
    );
  else if (isWebStale && build('build:web', 'Building the web interface again, because its sources have changed'))
    utimesSync(PRODUCT, new Date(), new Date());
}

if (process.argv[2] !== 'server') buildAll();
else if (changedAt(SERVER) <= newestOf(SOURCES))
  build('build:server', 'Building the server, because its sources have changed');
