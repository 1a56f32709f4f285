import type { FieldError } from '../../common/errors/api.error.js';
import { CliError, EXIT_CODE, ServerRefusal } from '../terminal/cli.error.js';

/** The parsed JSON; undefined when the text is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error that the server sent, or its status when the body is not an error of the management API. */
export function serverRefusal(status: number, text: string): ServerRefusal {
  const body = parsedJson(text) as { error?: unknown; code?: unknown; details?: FieldError[] } | null | undefined;
  const message = typeof body?.error === 'string' ? body.error : `the server responded with HTTP status ${status}`;
  const details = Array.isArray(body?.details) ? body.details : [];
  return new ServerRefusal(status, typeof body?.code === 'string' ? body.code : `http_${status}`, message, details);
}

/** No response arrived. The message has the code of the cause, never its text, which may quote headers. */
export function unreachableError(origin: string, error: unknown, timeoutMs: number): CliError {
  const { name, cause } = error as Error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const why = name === 'TimeoutError' ? `no response within ${timeoutMs / 1000} s` : (code ?? 'the connection failed');
  return new CliError(EXIT_CODE.unreachable, 'unreachable', `${origin} cannot be reached: ${why}`);
}
