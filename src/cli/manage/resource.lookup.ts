import type { ProjectView } from '../../project/project.view.js';
import type { TokenView } from '../../token/token.view.js';
import { isNear } from '../../config/nearest.name.js';
import { isUuid } from '../../common/rest/uuid.js';
import { CliError, EXIT_CODE } from '../terminal/cli.error.js';
import { notEmpty } from '../terminal/option.values.js';
import type { ManagementClient } from './management.client.js';

interface Entry {
  id: string;
  name?: string | null;
}

/** The beginning of an id, as tables on a screen show it. */
const ID_START = /^[0-9a-f]{8}[0-9a-f-]{0,27}$/i;
const MAX_NAMED = 10;

export const projects = async (api: ManagementClient): Promise<ProjectView[]> =>
  api.list<ProjectView>('projects', {}, {});

/** The id of the project with this id, name, or beginning of an id. A deleted project has only its id. */
export const projectId = async (api: ManagementClient, text: string): Promise<string> =>
  idOf('project', text, async () => projects(api));

/** The id of the token with this id, name, or beginning of an id. */
export const tokenId = async (api: ManagementClient, text: string): Promise<string> =>
  idOf('token', text, async () => api.list<TokenView>('tokens', {}, {}));

/** An id is taken as it is, without a call. */
export async function idOf(
  what: 'project' | 'token' | 'operator',
  text: string,
  list: () => Promise<readonly Entry[]>,
): Promise<string> {
  const wanted = notEmpty(`<${what}>`, text).trim();
  if (isUuid(wanted)) return wanted;
  const entries = await list();
  const [found, ...others] = matching(entries, wanted);
  if (!found) throw unknown(what, entries, wanted);
  if (others.length > 0) throw ambiguous(what, [found, ...others]);
  return checkedId(found.id);
}

/** A name has precedence over the beginning of an id. */
function matching(entries: readonly Entry[], wanted: string): readonly Entry[] {
  const named = entries.filter(({ name }) => name === wanted);
  if (named.length > 0 || !ID_START.test(wanted)) return named;
  return entries.filter(({ id }) => id.startsWith(wanted.toLowerCase()));
}

/** The id becomes part of a path. */
function checkedId(id: string): string {
  if (isUuid(id)) return id;
  throw new CliError(EXIT_CODE.failed, 'failed', 'the server sent an id that is not a UUID');
}

/** The message does not repeat the argument: it may be a secret in the wrong place. */
function unknown(what: string, entries: readonly Entry[], wanted: string): CliError {
  const near = entries.find(({ name }) => name && isNear(name.toLowerCase(), wanted.toLowerCase()));
  const guess = near ? ` (Did you mean ${near.name}?)` : '';
  return new CliError(
    EXIT_CODE.failed,
    `${what}_not_found`,
    `there is no ${what} with this id or name${guess}: \`manage ${what} list\` shows them`,
  );
}

function ambiguous(what: string, entries: readonly Entry[]): CliError {
  const ids = entries.slice(0, MAX_NAMED).map(({ id }) => id);
  const more = entries.length > ids.length ? ', …' : '';
  return new CliError(
    EXIT_CODE.usage,
    'ambiguous_name',
    `${entries.length} ${what}s match this name: use one of their ids (${ids.join(', ')}${more})`,
  );
}
