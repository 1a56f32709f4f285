// Runs a test of test/checker: exactness, or the one that is named. What follows the name is for vitest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [name = 'exactness', ...more] = process.argv.slice(2);
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', `test/checker/${name}.test.ts`, ...more], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
