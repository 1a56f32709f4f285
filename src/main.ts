// Before whatever has decorators.
import 'reflect-metadata';
import { envVariables } from './cli/environment/env.variables.js';
import { serveWith } from './cli/server/serve.js';
import { exitCodeOf } from './cli/terminal/cli.error.js';
import { Terminal } from './cli/terminal/terminal.js';

/** What the image and most service files run: without the framework of the command line it starts a tenth sooner. */
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

// The code is set, not exited with: what is still being written to a pipe would be lost.
async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), Terminal.ofProcess());
}

void main();
