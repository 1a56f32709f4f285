import { CommandRunner } from 'nest-commander';
import { isNear } from '../../config/nearest.name.js';
import { usageError } from './cli.error.js';

export type Program = Parameters<CommandRunner['setCommand']>[0];

/** Commander ends the process on an error, unless each command is set to throw. Errors are printed in one place (run.cli.ts). */
export function configureProgram(program: Program): void {
  program
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .allowExcessArguments(false);
}

const DOCS = 'docs/guides/cli-reference.md';

/** What help ends with. */
export function helpEnd(examples: readonly string[], docs = DOCS): string {
  const lines = examples.map((example) => `  llm-proxy ${example}\n`);
  return `${lines.length > 0 ? `\nExamples:\n${lines.join('')}` : ''}\nDocumentation: ${docs}`;
}

/** A command of `llm-proxy`. */
export abstract class CliCommand extends CommandRunner {
  /** Command lines without the program's name, for the help. */
  readonly examples: readonly string[] = [];
  /** The page of the documentation that has more. */
  protected readonly docs: string = DOCS;

  override setCommand(command: Program): this {
    configureProgram(command);
    command.addHelpCommand(false).addHelpText('after', () => helpEnd(this.examples, this.docs));
    return super.setCommand(command);
  }
}

/** A command that only has subcommands. Without one it prints its help. */
export abstract class CommandGroup extends CliCommand {
  override setCommand(command: Program): this {
    super.setCommand(command);
    command.allowExcessArguments(true).usage('<command>');
    return this;
  }

  override async run([unknown]: string[]): Promise<void> {
    if (unknown === undefined) return this.command.outputHelp();
    const nearest = this.command.commands
      .flatMap((command) => [command.name(), ...command.aliases()])
      .find((name) => isNear(name, unknown));
    const known = /^[a-z-]{1,20}$/.test(unknown) ? ` '${unknown}'` : '';
    throw usageError(`unknown command${known}${nearest ? ` (Did you mean ${nearest}?)` : ''}`);
  }
}
