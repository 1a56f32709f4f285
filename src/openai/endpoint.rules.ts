import { posix } from 'node:path';
import type { ApiError } from '../common/errors/api.error.js';
import { errors } from '../common/errors/errors.js';

/** The administration of the upstream account: no app has business there. */
const REFUSED = '/v1/organization';

/** Servers that decode more often than this are not known; more layers are refused. */
const MAX_LAYERS = 4;

/** Why a path under /v1 is refused, whatever the provider allows beside; judged on the same text that is forwarded. */
export function endpointRefusal(path: string, allowsOrganization = false): ApiError | undefined {
  if (!path.startsWith('/v1/') || path === '/v1/') return errors.notFound();
  if (allowsOrganization || beginsOtherwise(path)) return undefined;
  return liesBelow(path, REFUSED) ? errors.endpointNotAllowed() : undefined;
}

/** What nearly every path shows by one character: that it is no way to write REFUSED. */
function beginsOtherwise(path: string): boolean {
  const first = path[4];
  return first !== 'o' && first !== 'O' && first !== '/' && !path.includes('%');
}

/** Whether any server could take the path for that endpoint or one below it: to be asked where the answer is no. */
export function liesBelow(path: string, endpoint: string): boolean {
  const plain = path.includes('%') ? decoded(path) : path;
  return (
    plain === undefined ||
    `${plain}/`
      .replace(/\/{2,}/g, '/')
      .toLowerCase()
      .startsWith(`${endpoint}/`)
  );
}

/** What a server would read that decodes again and again; undefined when there is no end to it. */
function decoded(path: string): string | undefined {
  let text = path;
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const next = decodedOnce(text);
    if (next === text) return posix.normalize(text);
    text = next;
  }
  return undefined;
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
