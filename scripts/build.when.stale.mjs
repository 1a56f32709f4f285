// Builds when dist/ is missing or older than what it is made from; says nothing otherwise.
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
/** Written last by the build: its time is the time of a build that went through. */
const PRODUCT = 'dist/help.json';

/** Milliseconds since the epoch; 0 for what is not there. */
const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** A folder's own time counts too: it changes when a file is removed. */
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
