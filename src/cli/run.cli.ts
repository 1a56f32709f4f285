import type { INestApplicationContext } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { CliModule } from './cli.module.js';
import { exitCodeOf } from './terminal/cli.error.js';
import { Terminal } from './terminal/terminal.js';

/** A fixed width: help is rendered once, at build time. */
const HELP_WIDTH = 100;

const rethrow = (error: Error): never => {
  throw error;
};

/** Creates the command tree. The caller closes it. */
export async function createCli(terminal: Terminal): Promise<INestApplicationContext> {
  return CommandFactory.createWithoutRunning(CliModule.on(terminal), {
    abortOnError: false,
    errorHandler: rethrow,
    serviceErrorHandler: rethrow,
    helpConfiguration: { helpWidth: HELP_WIDTH },
    outputConfiguration: {
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: () => undefined,
    },
  });
}

/** Runs one command line (without `node` and the program) and resolves with its exit code; never throws. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  return exitCodeOf(
    async () => {
      const cli = await createCli(terminal);
      try {
        await Promise.race([
          cli.get(CommandRunnerService).run(['node', 'llm-proxy', ...asFlags(argv)]),
          terminal.failed,
        ]);
        await terminal.flushed();
      } finally {
        await cli.close();
      }
    },
    (error) => terminal.fail(error, argv.includes('--json')),
  );
}

/** Other words for the version: a command, and the flag of older releases. */
const VERSION_WORDS = new Set(['version', '-V']);

/** No arguments ask for help. `help a b` becomes `a b --help`, because commander would cut it to `help a`. */
function asFlags(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help'];
  if (argv.length === 1 && VERSION_WORDS.has(argv[0]!)) return ['--version'];
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
}
