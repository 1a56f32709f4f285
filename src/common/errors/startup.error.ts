/** Exit codes of sysexits.h: what a supervisor may want to tell apart. */
export const EXIT = { dataError: 65, config: 78 } as const;

/** A start that is refused: one line a fault, none of them with a secret, and the exit code to end with. */
export class StartupError extends Error {
  constructor(
    readonly exitCode: number,
    readonly faults: readonly string[],
  ) {
    super(faults.join('\n'));
    this.name = 'StartError';
  }
}
