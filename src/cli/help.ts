import type { Program } from './terminal/cli.command.js';
import { SHELLS } from './completion/completion.scripts.js';
import { commandTree, type CommandNode } from './completion/command.tree.js';
import { spellingsOf } from './completion/shell.text.js';
import { RootProgram } from './program.js';
import { createCli } from './run.cli.js';
import type { Terminal } from './terminal/terminal.js';

/** The help of every command, by its words: `''`, `'manage'`, `'manage project create'`, … */
export async function renderHelp(terminal: Terminal): Promise<Record<string, string>> {
  return withProgram(terminal, (program) => Object.fromEntries(walk(program, [])));
}

/** What the launcher prints by itself: the help of every command under each of its names, and the completion of each shell. */
export async function renderPrepared(
  terminal: Terminal,
): Promise<{ help: Record<string, string>; completion: Record<string, string> }> {
  return withProgram(terminal, (program) => {
    const tree = commandTree(program);
    return {
      help: Object.fromEntries(walk(program, []).flatMap(([words, text]) => spellings(tree, words, text))),
      completion: Object.fromEntries(Object.entries(SHELLS).map(([shell, script]) => [shell, script(tree)])),
    };
  });
}

async function withProgram<T>(terminal: Terminal, read: (program: Program) => T): Promise<T> {
  const cli = await createCli(terminal);
  try {
    return read(cli.get(RootProgram).program);
  } finally {
    await cli.close();
  }
}

const walk = (program: Program, words: string[]): [string, string][] => [
  [words.join(' '), helpOf(program)],
  ...program.commands.flatMap((command) => walk(command, [...words, command.name()])),
];

/** The same text under the aliases of the last word. */
function spellings(tree: CommandNode, words: string, text: string): [string, string][] {
  const path = words === '' ? [] : words.split(' ');
  const aliases = spellingsOf(tree, path).slice(1);
  return [words, ...aliases.map((alias) => [...path.slice(0, -1), alias].join(' '))].map((each) => [each, text]);
}

function helpOf(program: Program): string {
  let text = '';
  program.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}
