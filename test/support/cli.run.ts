import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { WriteStream } from 'node:tty';
import { runCli } from '../../src/cli/run.cli.js';
import { type Input, type Output, Terminal } from '../../src/cli/terminal/terminal.js';

// Colours are on only in the tests that ask for them.
delete process.env['FORCE_COLOR'];

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one command line in this process, with `input` piped in. */
export async function cli(argv: readonly string[], input = ''): Promise<CliResult> {
  return cliWith(argv, Readable.from([Buffer.from(input)]));
}

/** The same at a keyboard: each answer is typed when its question has been shown. The results go into a pipe. */
export async function cliTyped(argv: readonly string[], answers: Record<string, string>): Promise<CliResult> {
  return cliWith(argv, keyboard(), { onStderr: typing(answers) });
}

/** The same at a terminal of this many columns, with a keyboard and a screen. */
export async function cliOnScreen(
  argv: readonly string[],
  { columns = 80, answers = {} }: { columns?: number; answers?: Record<string, string> } = {},
): Promise<CliResult> {
  return cliWith(argv, keyboard(), { columns, onStderr: typing(answers) });
}

const keyboard = (): Input => Object.assign(new PassThrough(), { isTTY: true });

const typing =
  (answers: Record<string, string>) =>
  (shown: string, stdin: Input): void => {
    const question = Object.keys(answers).find((part) => shown.includes(part));
    if (question === undefined) return;
    const answer = answers[question]!;
    delete answers[question];
    setImmediate(() => (stdin as unknown as PassThrough).write(answer));
  };

interface Shown {
  /** The width of the screen; without it the output is a pipe. */
  columns?: number;
  onStderr?: (shown: string, stdin: Input) => void;
}

async function cliWith(argv: readonly string[], stdin: Input, { columns, onStderr }: Shown = {}): Promise<CliResult> {
  const stdout = output(columns);
  const stderr = output(columns);
  stderr.on('data', (chunk: Buffer) => onStderr?.(String(chunk), stdin));
  const shown = Promise.all([text(stdout), text(stderr)]);
  const code = await runCli(argv, new Terminal(stdin, stdout, stderr));
  stdout.end();
  stderr.end();
  const [out, err] = await shown;
  return { code, stdout: out, stderr: err };
}

/** A screen knows its colours as a real one does: from TERM, NO_COLOR and FORCE_COLOR. */
function output(columns: number | undefined): PassThrough & Output {
  const { getColorDepth } = WriteStream.prototype;
  return Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns, getColorDepth });
}

/** A directory of the test's own, removed after it. */
export function scratch(): {
  path: (name: string) => string;
  file: (name: string, content: string) => string;
  remove: () => void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'llm-proxy-cli-'));
  const path = (name: string): string => join(directory, name);
  return {
    path,
    file: (name, content) => {
      writeFileSync(path(name), content, { mode: 0o600 });
      return path(name);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Works in a new folder until it is left: what a server left in the folder of the project is not seen. */
export function elsewhere(): { leave: () => void } {
  const files = scratch();
  const before = process.cwd();
  process.chdir(files.path('.'));
  return {
    leave: () => {
      process.chdir(before);
      files.remove();
    },
  };
}
