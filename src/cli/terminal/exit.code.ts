import { EXIT_CODE, toCliError } from './cli.error.js';
import type { Terminal } from './terminal.js';

/** The exit code of some work; a failure is told on the terminal and never thrown. */
export async function exitCodeOf(terminal: Terminal, asJson: boolean, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return EXIT_CODE.ok;
  } catch (thrown) {
    const error = toCliError(thrown);
    if (error) terminal.fail(error, asJson);
    return error?.exitCode ?? EXIT_CODE.ok;
  }
}
