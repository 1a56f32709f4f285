import type { Program } from '../terminal/cli.command.js';

/** A flag of a command, as a shell needs it. */
export interface FlagNode {
  /** `--json`, and `-y` or a second long form. */
  names: readonly string[];
  description: string;
  /** What its value is; undefined for a flag without a value. */
  value: 'file' | 'text' | undefined;
}

/** A command with its flags and subcommands. */
export interface CommandNode {
  name: string;
  aliases: readonly string[];
  description: string;
  flags: readonly FlagNode[];
  commands: readonly CommandNode[];
  /** The choices of its argument. */
  choices: readonly string[];
}

const FILE_VALUE = /<(?:file|path|file or url)>/;

/** The command tree of the program itself, so that completion never differs from it. */
export function commandTree(program: Program): CommandNode {
  return {
    name: program.name(),
    aliases: program.aliases(),
    description: program.description(),
    flags: [...program.options.map(flagOf), HELP],
    commands: program.commands.map(commandTree),
    choices: program.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
}

const HELP: FlagNode = { names: ['--help', '-h'], description: 'display help for command', value: undefined };

function flagOf({ long, short, description, flags, required, optional }: Program['options'][number]): FlagNode {
  const withValue = FILE_VALUE.test(flags) ? 'file' : 'text';
  return {
    names: [long, short].filter((name) => name !== undefined && name !== null),
    description,
    value: required || optional ? withValue : undefined,
  };
}

/** Every command with its words below the program: `['manage', 'project']`. */
export const walkTree = (
  node: CommandNode,
  words: readonly string[] = [],
): (readonly [readonly string[], CommandNode])[] => [
  [words, node],
  ...node.commands.flatMap((command) => walkTree(command, [...words, command.name])),
];
