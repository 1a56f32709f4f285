import type { ApiError } from '../common/errors/api.error.js';
import { errors } from '../common/errors/errors.js';
import { ADMINISTRATION } from './endpoints.js';
import { mayBeBelow } from './path.spelling.js';

/**
 * Why a path is refused for every provider: it is not below /v1, or it administers the upstream account. `path` is the
 * text that is forwarded.
 */
export function endpointRefusal(path: string, allowsOrganization = false): ApiError | undefined {
  if (!path.startsWith('/v1/') || path === '/v1/') return errors.notFound();
  if (allowsOrganization || beginsOtherwise(path)) return undefined;
  return mayBeBelow(path, ADMINISTRATION) ? errors.endpointNotAllowed('the provider') : undefined;
}

/** A fast check that nearly every path passes: its first letter rules out every spelling of ADMINISTRATION. */
function beginsOtherwise(path: string): boolean {
  const first = path[4];
  return first !== 'o' && first !== 'O' && first !== '/' && !path.includes('%');
}
