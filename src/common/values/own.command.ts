import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join, resolve, sep } from 'node:path';
import { LAUNCHER } from './package.js';

const NAME = 'llm-proxy';
/** npm puts such folders into the PATH of what it runs. They are not in the PATH of the person who types. */
const NPM_FOLDER = `${sep}node_modules${sep}`;

/** What a command is typed for: a person's folder and PATH, and how this process was called. */
export interface Shell {
  folder: string;
  path: string;
  platform: NodeJS.Platform;
  /** The file that runs this program. */
  launcher: string;
  args: readonly string[];
}

/** The folder of the person who called this process. npm runs its scripts in the folder of package.json, from wherever it is called. */
export function callersFolder(): string {
  const { INIT_CWD: called, npm_config_local_prefix: packageFolder } = process.env;
  return called !== undefined && process.cwd() === packageFolder ? called : process.cwd();
}

const ownShell = (): Shell => ({
  folder: callersFolder(),
  path: process.env['PATH'] ?? '',
  platform: process.platform,
  launcher: LAUNCHER,
  args: process.argv.slice(2),
});

/**
 * A command line of this program for messages, which runs this very program when it is typed where it is printed, with the
 * `--env` file of this process. The name alone is printed only when the PATH leads here: `npx` and the name would offer an
 * unrelated package of the registry.
 */
export function ownCommand(words: string, shell: Shell = ownShell()): string {
  return `${program(shell)} ${words}${fileOption(words, shell)}`;
}

function fileOption(words: string, { args, folder, platform }: Shell): string {
  const [, file] = /(?:^|\0)--env[\0=]([^\0]+)/.exec(args.join('\0')) ?? [];
  if (file === undefined) return '';
  const name = words.startsWith('setup') ? '--config' : '--env';
  return ` ${name} ${shellWord(folder === process.cwd() ? file : resolve(file), platform)}`;
}

function program({ folder, path, platform, launcher }: Shell): string {
  const folders = path.split(delimiter).filter((entry) => entry !== '' && !`${entry}${sep}`.includes(NPM_FOLDER));
  const first = folders.map((entry) => join(entry, NAME)).find((file) => existsSync(file));
  if (first !== undefined && isSameFile(first, launcher)) return NAME;
  if (platform !== 'win32' && isSameFile(join(folder, NAME), launcher)) return `./${NAME}`;
  const hasNode = folders.some((entry) => existsSync(join(entry, platform === 'win32' ? 'node.exe' : 'node')));
  return `${hasNode ? 'node' : shellWord(process.execPath, platform)} ${shellWord(resolve(launcher), platform)}`;
}

function isSameFile(file: string, other: string): boolean {
  try {
    return realpathSync(file) === realpathSync(other);
  } catch {
    return false;
  }
}

/** One word for a shell: quoted only when it needs to be. */
export function shellWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return /[\s&^()%!]/.test(text) ? `"${text}"` : text;
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
