import type { FieldError } from '../../common/errors/api.error.js';
import { StartupError } from '../../common/errors/startup.error.js';

/** Exit codes of the command line. A refused start has those of sysexits.h (common/errors/startup.error.ts). */
export const EXIT_CODE = { ok: 0, failed: 1, usage: 2, unauthorized: 3, unreachable: 4, interrupted: 130 } as const;

/** The error that a command ends with. It never contains a secret. */
export class CliError extends Error {
  constructor(
    readonly exitCode: number,
    readonly code: string,
    message: string,
    /** What to do about it. */
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'CliError';
  }

  /** The text for a person: the message, and the hint on a line of its own. */
  get sentence(): string {
    return this.withHint(this.message);
  }

  protected withHint(text: string): string {
    return this.hint === undefined ? text : `${text}\n${this.hint}`;
  }
}

/** The server refused the call. The message and the code are the server's. */
export class ServerRefusal extends CliError {
  constructor(
    status: number,
    code: string,
    message: string,
    readonly details: readonly FieldError[] = [],
    hint?: string,
  ) {
    super(status === 401 || status === 403 ? EXIT_CODE.unauthorized : EXIT_CODE.failed, code, message, hint);
    this.name = 'ServerRefusal';
  }

  override get sentence(): string {
    const details = this.details.map(({ message }) => message).filter((text) => !this.message.includes(text));
    return this.withHint([`${this.message} (${this.code})`, ...details].join('; '));
  }
}

export const usageError = (message: string): CliError => new CliError(EXIT_CODE.usage, 'usage', message);
export const failure = (message: string): CliError => new CliError(EXIT_CODE.failed, 'failed', message);
export const interruption = (): CliError => new CliError(EXIT_CODE.interrupted, 'interrupted', 'interrupted');

/** An argument may be a secret in the wrong place (`--openai-key=sk-…`, `-ksk-…`, `llm-proxy sk-…`): a message repeats only the flag or a plain word. */
const withoutValues = (message: string): string =>
  message
    .replace(/'(--[\w-]+)=[^]*'/, "'$1'")
    .replace(/'(-[^-'])[^]*'/, "'$1'")
    .replace(/unknown command '(?![a-z-]{1,20}')[^]*'/, 'unknown command');

/** Options that people try for a secret, and the option that takes it from a file. */
const SECRET_OPTIONS: readonly [RegExp, string][] = [
  [/^unknown option '--(?:openai|upstream|api)-?key'/, '--openai-key-file'],
  [/^unknown option '--(?:management-?|manage-?|admin-?)?token'/, '--management-token-file'],
  [/^unknown option '--(?:database-?|db-?)?password'/, '--password-file'],
];

/** The safe way, in place of commander's own advice, for a secret that is given as an argument. */
function withSafeWay(message: string): string {
  const file = SECRET_OPTIONS.find(([pattern]) => pattern.test(message))?.[1];
  if (file === undefined) return message;
  return `${message.replace(/ \(Did you mean .*$/, '')}: a secret is not an argument, because every user of this machine can see arguments; use ${file} <path>, or ${file} - and standard input`;
}

/** `error: unknown option '--x'\n(Did you mean --y?)` as one line; undefined when commander only printed help or the version. */
function fromCommander(code: string, message: string): CliError | undefined {
  if (['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(code)) return undefined;
  return usageError(
    withSafeWay(
      withoutValues(message)
        .replace(/^error: /, '')
        .replaceAll('\n', ' '),
    ),
  );
}

/** Converts what a command threw; undefined when it is not an error. */
export function toCliError(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof StartupError) return new CliError(error.exitCode, 'start_refused', error.message);
  if (!(error instanceof Error)) return failure('an unexpected error occurred');
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'STORE_UNREACHABLE') return new CliError(EXIT_CODE.unreachable, 'unreachable', error.message);
  if (code.startsWith('commander.')) return fromCommander(code, error.message);
  return failure(error.message.replaceAll('\n', ' '));
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
