import type { FieldError } from '../../common/errors/api.error.js';
import { StartupError } from '../../common/errors/startup.error.js';

/** Exit codes of the command line, beside those of sysexits.h that a refused start has (common/start.error.ts). */
export const EXIT_CODE = { ok: 0, failed: 1, usage: 2, unauthorized: 3, unreachable: 4, interrupted: 130 } as const;

/** Why a command ends: what is told, as which word, with which exit code. Never holds a secret. */
export class CliError extends Error {
  constructor(
    readonly exitCode: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'CliError';
  }

  /** What a person reads; more than one line only for a start with several faults. */
  get sentence(): string {
    return this.message;
  }
}

/** The server said no: its words and its code. */
export class ServerRefusal extends CliError {
  constructor(
    status: number,
    code: string,
    message: string,
    readonly details: readonly FieldError[] = [],
  ) {
    super(status === 401 || status === 403 ? EXIT_CODE.unauthorized : EXIT_CODE.failed, code, message);
    this.name = 'ServerRefusal';
  }

  override get sentence(): string {
    const details = this.details.map((fault) => fault.message).filter((text) => !this.message.includes(text));
    return [`${this.message} (${this.code})`, ...details].join('; ');
  }
}

export const usage = (message: string): CliError => new CliError(EXIT_CODE.usage, 'usage', message);
export const failed = (message: string): CliError => new CliError(EXIT_CODE.failed, 'failed', message);
export const interrupted = (): CliError => new CliError(EXIT_CODE.interrupted, 'interrupted', 'interrupted');

/** What was typed may be a secret in the wrong place (`--openai-key=sk-…`, `-ksk-…`, `llm-proxy sk-…`): only the flag or a plain word is repeated. */
const withoutValues = (message: string): string =>
  message
    .replace(/'(--[\w-]+)=[^]*'/, "'$1'")
    .replace(/'(-[^-'])[^]*'/, "'$1'")
    .replace(/unknown command '(?![a-z-]{1,20}')[^]*'/, 'unknown command');

/** `error: unknown option '--x'\n(Did you mean --y?)` as one line; undefined when commander only ended after help or version. */
function ofCommander(code: string, message: string): CliError | undefined {
  if (['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(code)) return undefined;
  return usage(
    withoutValues(message)
      .replace(/^error: /, '')
      .replaceAll('\n', ' '),
  );
}

/** What a command threw, as what it tells; undefined when nothing went wrong. */
export function toCliError(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof StartupError) return new CliError(error.exitCode, 'start_refused', error.message);
  if (!(error instanceof Error)) return failed('something went wrong');
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'STORE_UNREACHABLE') return new CliError(EXIT_CODE.unreachable, 'unreachable', error.message);
  if (code.startsWith('commander.')) return ofCommander(code, error.message);
  return failed(error.message.replaceAll('\n', ' '));
}

/** Runs `work` and resolves with its exit code. An error goes to `report`; it is never thrown. */
export async function exitCodeOf(work: () => Promise<void>, report: (error: CliError) => void): Promise<number> {
  try {
    await work();
    return EXIT_CODE.ok;
  } catch (thrown) {
    const error = toCliError(thrown);
    if (error) report(error);
    return error?.exitCode ?? EXIT_CODE.ok;
  }
}
