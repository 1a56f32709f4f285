/** Exit codes of sysexits.h, so that a supervisor can tell the causes apart. */
export const EXIT = { dataError: 65, config: 78 } as const;

/** Prevents the start: one line for each problem, none with a secret, and the exit code of the process. */
export class StartupError extends Error {
  constructor(
    readonly exitCode: number,
    readonly problems: readonly string[],
  ) {
    super(problems.join('\n'));
    this.name = 'StartupError';
  }
}
