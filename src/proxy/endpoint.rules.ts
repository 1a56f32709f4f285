import type { ApiError } from '../common/api.error.js';
import { errors } from '../common/errors.js';

/** The administration of the upstream account: no app has business there. */
const REFUSED = '/v1/organization';

/** Why a path under /v1 is refused; judged on the same text that is forwarded. */
export function endpointFault(path: string): ApiError | undefined {
  if (!path.startsWith('/v1/') || path === '/v1/') return errors.notFound();
  const decoded = path.includes('%') ? decodeURIComponent(path) : path;
  return `${decoded}/`
    .replace(/\/{2,}/g, '/')
    .toLowerCase()
    .startsWith(`${REFUSED}/`)
    ? errors.endpointNotAllowed()
    : undefined;
}
