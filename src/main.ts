import { runCli } from './cli/run.cli.js';
import { Terminal } from './cli/terminal.js';

// The code is set, not exited with: what is still being written to a pipe would be lost.
async function main(): Promise<void> {
  process.exitCode = await runCli(process.argv.slice(2), Terminal.ofProcess());
}

void main();
