import type { INestApplicationContext } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { VERSION } from '../common/values/package.js';
import { CliModule } from './cli.module.js';
import { exitCodeOf } from './terminal/exit.code.js';
import { Terminal } from './terminal/terminal.js';

/** Help looks the same on every terminal, so that it can be rendered once, at build time. */
const HELP_WIDTH = 100;

const rethrow = (error: Error): never => {
  throw error;
};

/** The command tree, ready to run; the caller closes it. */
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
  return exitCodeOf(terminal, argv.includes('--json'), async () => {
    const cli = await createCli(terminal);
    try {
      await cli.get(CommandRunnerService).run(['node', 'llm-proxy', ...asked(argv)]);
    } finally {
      await cli.close();
    }
  });
}

/** Nothing asks for help; `help a b` asks for that of `a b`, which commander would cut to `a`. */
function asked(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
}
