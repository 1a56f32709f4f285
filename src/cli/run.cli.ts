import type { INestApplicationContext } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { VERSION } from '../common/values/package.js';
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
    version: VERSION,
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
        await cli.get(CommandRunnerService).run(['node', 'llm-proxy', ...withHelpFlag(argv)]);
      } finally {
        await cli.close();
      }
    },
    (error) => terminal.fail(error, argv.includes('--json')),
  );
}

/** No arguments ask for help. `help a b` becomes `a b --help`, because commander would cut it to `help a`. */
function withHelpFlag(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
}
