import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCli } from '../../src/cli/run.cli.js';
import { type Input, Terminal } from '../../src/cli/terminal/terminal.js';

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one command line in this process, with `input` piped in. */
export async function cli(argv: readonly string[], input = ''): Promise<CliResult> {
  return cliWith(argv, Readable.from([Buffer.from(input)]));
}

/** The same on a terminal: each reply is typed when its prompt has been shown. */
export async function cliTyped(argv: readonly string[], answers: Record<string, string>): Promise<CliResult> {
  const stdin: Input = Object.assign(new PassThrough(), { isTTY: true });
  return cliWith(argv, stdin, (shown) => {
    const question = Object.keys(answers).find((part) => shown.includes(part));
    if (question === undefined) return;
    const answer = answers[question]!;
    delete answers[question];
    setImmediate(() => (stdin as PassThrough).write(answer));
  });
}

async function cliWith(argv: readonly string[], stdin: Input, onStderr?: (shown: string) => void): Promise<CliResult> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  stderr.on('data', (chunk: Buffer) => onStderr?.(String(chunk)));
  const shown = Promise.all([text(stdout), text(stderr)]);
  const code = await runCli(argv, new Terminal(stdin, stdout, stderr));
  stdout.end();
  stderr.end();
  const [out, err] = await shown;
  return { code, stdout: out, stderr: err };
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
