// Before any class with decorators.
import 'reflect-metadata';
import { envVariables } from './cli/environment/env.variables.js';
import { serveWith } from './cli/server/serve.js';
import { exitCodeOf } from './cli/terminal/cli.error.js';
import { Terminal } from './cli/terminal/terminal.js';

/** The command of the image and of most service files. Without the CLI's framework it starts a tenth sooner. */
const isPlainServer = ([command, ...more]: readonly string[]): boolean => command === 'server' && more.length === 0;

async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (isPlainServer(argv))
    return exitCodeOf(
      async () => serveWith(envVariables(undefined), {}),
      (error) => terminal.fail(error, false),
    );
  const { runCli } = await import('./cli/run.cli.js');
  return runCli(argv, terminal);
}

async function main(): Promise<void> {
  const terminal = Terminal.ofProcess();
  process.exitCode = await run(process.argv.slice(2), terminal);
  // Else not process.exit(): it would lose output that is still being written to a pipe.
  if (terminal.hasFailed) process.exit();
}

void main();
