// `npm start` runs this first: a fresh clone is built, a changed one is built again, and a built one starts at once.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';

const BUILT = 'dist/help.json'; // the last file a build writes
const SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'src',
  'migrations',
];

const filesOf = (path) =>
  statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map((name) => `${path}/${name}`) : [path];

const builtAt = existsSync(BUILT) ? statSync(BUILT).mtimeMs : 0;
const isStale = SOURCES.filter(existsSync)
  .flatMap(filesOf)
  .some((file) => statSync(file).mtimeMs > builtAt);

// One command line, not a list: on Windows npm is a script that only a shell can start.
if (isStale) process.exitCode = spawnSync('npm run --silent build', { shell: true, stdio: 'inherit' }).status ?? 1;
