import type { ApiError } from '../common/errors/api.error.js';
import { errors } from '../common/errors/errors.js';
import { redact } from '../common/values/redact.js';
import type { Exchange } from '../http/exchange.js';

/** The first segments of OpenAI's operations: https://platform.openai.com/docs/api-reference. */
const OPERATIONS =
  'assistants|audio|batches|chat|chatkit|completions|containers|conversations|edits|embeddings|engines|evals|files|' +
  'fine_tuning|fine-tunes|images|live|models|moderations|organization|realtime|responses|threads|uploads|vector_stores|videos';
const OPERATION = new RegExp(`^/(?:${OPERATIONS})(?:/|$)`);
const OPERATION_BELOW = new RegExp(`/(?:${OPERATIONS})(?:/|$)`);
const DOUBLED = /^\/v1(?:\/+v1)+(?:\/|$)/;
const API_KEY = /^bearer +sk-/i;
const MAX_SHOWN = 100;

function wrong(path: string, rule: string): ApiError {
  const shown = redact(path);
  const cut = shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
  return errors.baseUrlInvalid(`${cut}: the base URL ${rule}`);
}

/** Refuses a path under /v1 of a client whose base URL has `/v1` twice. Few paths are looked at twice. */
export function doubledBase(path: string): ApiError | undefined {
  const next = path[4];
  if (next !== 'v' && next !== '/') return undefined;
  return DOUBLED.test(path) ? wrong(path, 'must end in /v1, once') : undefined;
}

/** The refusal of an unknown path when a client of OpenAI's API has asked for it; undefined for any other one. */
export function wrongBase({ path, request }: Exchange): ApiError | undefined {
  if (OPERATION.test(path)) return wrong(path, 'must end in /v1');
  if (OPERATION_BELOW.test(path)) return wrong(path, 'must be the address of this server followed by /v1');
  return API_KEY.test(request.headers.authorization ?? '') ? wrong(path, 'must end in /v1') : undefined;
}
