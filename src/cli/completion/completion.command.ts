import { Injectable } from '@nestjs/common';
import { Command, InjectCommander } from 'nest-commander';
import { CliCommand, type Program } from '../terminal/cli.command.js';
import { usageError } from '../terminal/cli.error.js';
import { Terminal } from '../terminal/terminal.js';
import { commandTree } from './command.tree.js';
import { SHELLS } from './completion.scripts.js';

const NAMES = Object.keys(SHELLS);

@Command({ name: 'completion', description: 'print the completion script of a shell: bash, zsh or fish' })
@Injectable()
export class CompletionCommand extends CliCommand {
  override readonly examples = [
    'completion bash > ~/.local/share/bash-completion/completions/llm-proxy',
    'completion fish > ~/.config/fish/completions/llm-proxy.fish',
  ];

  constructor(
    @InjectCommander() private readonly program: Program,
    private readonly terminal: Terminal,
  ) {
    super();
  }

  /** Not commander's own choices: their error repeats the value, which may be a secret in the wrong place. */
  override setCommand(command: Program): this {
    const argument = command.createArgument('<shell>', 'the shell');
    argument.argChoices = NAMES;
    command.addArgument(argument);
    return super.setCommand(command);
  }

  async run([shell = '']: string[]): Promise<void> {
    const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (!script) throw usageError(`the shell must be one of ${NAMES.join(', ')}`);
    this.terminal.write(script(commandTree(this.program)));
  }
}
