// Builds when dist/ is missing or older than its sources. Prints nothing when it is current.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
  'src',
  'migrations',
  'bin/llm-proxy.cjs',
  'scripts/bundle.mjs',
  'scripts/help.mjs',
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

const newestSource = Math.max(...SOURCES.map((name) => newestIn(join(ROOT, name))));
if (changedAt(join(ROOT, PRODUCT)) <= newestSource) {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
}
