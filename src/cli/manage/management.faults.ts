import type { FieldError } from '../../common/errors/api.error.js';
import { CliError, EXIT_CODE, ServerRefusal } from '../terminal/cli.error.js';

/** The JSON of an answer; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The server's own words where it has some. */
export function refusal(status: number, text: string): ServerRefusal {
  const body = parsed(text) as { error?: unknown; code?: unknown; details?: FieldError[] } | null | undefined;
  const message = typeof body?.error === 'string' ? body.error : `the server answered with HTTP status ${status}`;
  const details = Array.isArray(body?.details) ? body.details : [];
  return new ServerRefusal(status, typeof body?.code === 'string' ? body.code : `http_${status}`, message, details);
}

/** No answer came: the cause's code, never its text, which may quote headers. */
export function unreachable(origin: string, error: unknown, timeoutMs: number): CliError {
  const { name, cause } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const why = name === 'TimeoutError' ? `no answer in ${timeoutMs / 1000} s` : (code ?? 'the connection failed');
  return new CliError(EXIT_CODE.unreachable, 'unreachable', `${origin} cannot be reached: ${why}`);
}
