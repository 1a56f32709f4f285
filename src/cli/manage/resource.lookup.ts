import type { ProjectView } from '../../project/project.view.js';
import type { TokenView } from '../../token/token.view.js';
import { isNear } from '../../config/nearest.name.js';
import { isIdStart, isUuid } from '../../common/rest/uuid.js';
import { CliError, EXIT_CODE } from '../terminal/cli.error.js';
import { noSecret, notEmpty } from '../terminal/option.values.js';
import type { ManagementClient, Query } from './management.client.js';

type Kind = 'project' | 'token' | 'operator';

interface Entry {
  id: string;
  name?: string | null;
}

const DISPLAY_FORM = /^sk-.*(?:…|\.\.\.)/;
/** Tokens whose names begin as a mistyped one are looked through for it. */
const GUESSED_FROM = 2;
const MAX_NAMED = 10;

export const projects = async (api: ManagementClient): Promise<ProjectView[]> =>
  api.list<ProjectView>('projects', {}, {});

/** The id of the project with this id, name, or beginning of an id. A deleted project has only its id. */
export const projectId = async (api: ManagementClient, text: string): Promise<string> =>
  idOf('project', text, async () => projects(api));

/** An id is taken as it is, without a call. */
export async function idOf(what: Kind, text: string, list: () => Promise<readonly Entry[]>): Promise<string> {
  const wanted = notEmpty(`<${what}>`, text).trim();
  if (isUuid(wanted)) return wanted;
  const all = await list();
  return onlyOne(what, matching(all, wanted), all, wanted);
}

/** The most tokens that an answer names; the server cuts the list. */
const SOME = { page: 1, pageSize: 100 };

/**
 * The id of the token with this id, name, display form, or beginning of an id. The server looks, because lists of tokens are
 * long. Throws for a secret, which has no place in the arguments of a command.
 */
export async function tokenId(api: ManagementClient, text: string): Promise<string> {
  const wanted = noSecret('<token>', text).trim();
  if (isUuid(wanted)) return wanted;
  if (DISPLAY_FORM.test(wanted)) return checkedId((await api.post<TokenView>('tokens/lookup', { token: wanted })).id);
  const some = async (query: Query): Promise<TokenView[]> => api.list<TokenView>('tokens', query, SOME);
  const found = matching(await some({ name: wanted }), wanted);
  if (found.length > 0) return onlyOne('token', found, [], wanted);
  if (isIdStart(wanted)) return onlyOne('token', matching(await some({ search: wanted }), wanted), [], wanted);
  return onlyOne('token', [], await some({ search: wanted.slice(0, GUESSED_FROM) }), wanted);
}

function onlyOne(what: Kind, found: readonly Entry[], near: readonly Entry[], wanted: string): string {
  const [first, ...others] = found;
  if (!first) throw unknown(what, near, wanted);
  if (others.length > 0) throw ambiguous(what, found);
  return checkedId(first.id);
}

/** A name has precedence over the beginning of an id. */
function matching(entries: readonly Entry[], wanted: string): readonly Entry[] {
  const named = entries.filter(({ name }) => name === wanted);
  if (named.length > 0 || !isIdStart(wanted)) return named;
  return entries.filter(({ id }) => id.startsWith(wanted.toLowerCase()));
}

/** The id becomes part of a path. */
function checkedId(id: string): string {
  if (isUuid(id)) return id;
  throw new CliError(EXIT_CODE.failed, 'failed', 'the server sent an id that is not a UUID');
}

/** The message does not repeat the argument: it may be a secret in the wrong place. */
function unknown(what: Kind, entries: readonly Entry[], wanted: string): CliError {
  const near = entries.find(({ name }) => name && isNear(name.toLowerCase(), wanted.toLowerCase()));
  const guess = near ? ` (Did you mean ${near.name}?)` : '';
  return new CliError(
    EXIT_CODE.failed,
    `${what}_not_found`,
    `there is no ${what} with this id or name${guess}: \`manage ${what} list\` shows them`,
  );
}

function ambiguous(what: Kind, entries: readonly Entry[]): CliError {
  const ids = entries.slice(0, MAX_NAMED).map(({ id }) => id);
  const more = entries.length > ids.length ? ', …' : '';
  return new CliError(
    EXIT_CODE.usage,
    'ambiguous_name',
    `${entries.length} ${what}s match this name: use one of their ids (${ids.join(', ')}${more})`,
  );
}
