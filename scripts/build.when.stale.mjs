// Builds when dist/ is missing or older than its sources. Says so on standard error.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
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
/** The last file that a build writes: its time is that of the last complete build. */
const PRODUCT = 'dist/help.json';

/** Milliseconds since the epoch; 0 when the path does not exist. */
const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** The time of a folder counts too: it changes when a file is removed. */
function newestIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

const builtAt = changedAt(join(ROOT, PRODUCT));
if (builtAt <= Math.max(...SOURCES.map((name) => newestIn(join(ROOT, name))))) {
  const why = builtAt === 0 ? 'Building once' : 'Building again, because the sources have changed';
  process.stderr.write(`${why}: this takes about 20 s …\n`);
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: ROOT,
    // Standard output belongs to the command that follows.
    stdio: ['inherit', process.stderr, 'inherit'],
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
}
