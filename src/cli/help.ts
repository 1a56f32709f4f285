import type { Program } from './terminal/cli.command.js';
import { RootProgram } from './program.js';
import { createCli } from './run.cli.js';
import type { Terminal } from './terminal/terminal.js';

/** The help of every command, by its words: `''`, `'manage'`, `'manage project create'`, … */
export async function renderHelp(terminal: Terminal): Promise<Record<string, string>> {
  const cli = await createCli(terminal);
  try {
    return Object.fromEntries(walk(cli.get(RootProgram).program, []));
  } finally {
    await cli.close();
  }
}

const walk = (program: Program, words: string[]): [string, string][] => [
  [words.join(' '), helpOf(program)],
  ...program.commands.flatMap((command) => walk(command, [...words, command.name()])),
];

function helpOf(program: Program): string {
  let text = '';
  program.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}
