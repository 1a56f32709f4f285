import type { FieldError } from '../../common/errors/api.error.js';
import { ServerRefusal } from '../terminal/cli.error.js';

/** Where the address and the credential of a call come from, in words. */
export interface CallSources {
  address: string;
  credential?: string | undefined;
}

/** The parsed JSON; undefined when the text is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error that the server sent, or its status when the body is not an error of the management API. */
export function serverRefusal(origin: string, sources: CallSources, status: number, text: string): ServerRefusal {
  const body = parsedJson(text) as { error?: unknown; code?: unknown; details?: FieldError[] } | null | undefined;
  const isOurs = typeof body?.error === 'string';
  const message = isOurs ? (body.error as string) : `the server responded with HTTP status ${status}`;
  const details = Array.isArray(body?.details) ? body.details : [];
  const code = typeof body?.code === 'string' ? body.code : `http_${status}`;
  return new ServerRefusal(status, code, message, details, hintFor(origin, sources, status, isOurs));
}

function hintFor(origin: string, { address, credential }: CallSources, status: number, isOurs: boolean) {
  const server = `The server is ${origin} (from ${address})`;
  if (status === 401 && credential !== undefined)
    return `${server}; the token is from ${credential}. --env <file> or --management-token-file <path> names another one.`;
  return isOurs ? undefined : `${server}. Its response is not that of the management API: is this the right address?`;
}
