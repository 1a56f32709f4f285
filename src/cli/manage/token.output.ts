import type { CreatedToken, RevokedTokens, TokenView } from '../../token/token.view.js';
import { maskSecret } from '../../token/token.secret.js';
import { fieldTime, tableTime } from '../terminal/relative.time.js';
import { fields, table, yesNo } from '../terminal/table.js';
import type { Screen } from '../terminal/terminal.js';
import type { ManagementClient } from './management.client.js';
import { describedLines } from './fields/described.options.js';
import { projectNames, tableId } from './resource.id.js';

const requests = (token: TokenView): string => `${token.request_count} of ${token.max_requests ?? 'unlimited'}`;

/** A table on a screen has no room for a cap that is not there. */
const tableRequests = (token: TokenView, { width }: Screen): string =>
  width !== undefined && token.max_requests === null ? String(token.request_count) : requests(token);

const limit = (value: number | null): string => value?.toString() ?? 'unlimited';

const restriction = (entries: readonly string[] | null): string => entries?.join(', ') ?? 'any';

const HEADINGS = ['ID', 'PROJECT', 'NAME', 'TOKEN', 'ACTIVE', 'REQUESTS', 'EXPIRES AT'];
const SCREEN_HEADINGS = [...HEADINGS.slice(0, -1), 'EXPIRES'];

export async function tokenTable(tokens: readonly TokenView[], screen: Screen, api: ManagementClient): Promise<string> {
  if (tokens.length === 0) return 'There are no tokens.';
  const nameOf = await projectNames(screen, api);
  const rows = tokens.map((token) => [
    tableId(token.id, screen),
    nameOf(token.project_id),
    token.name,
    token.token,
    yesNo(token.is_active),
    tableRequests(token, screen),
    tableTime(token.expires_at, screen),
  ]);
  return table(screen.width === undefined ? HEADINGS : SCREEN_HEADINGS, rows, screen, ['PROJECT', 'NAME']);
}

/** What a token may do. */
const bounds = (token: TokenView, screen: Screen): [string, string][] => [
  ['Requests', requests(token)],
  ['Per minute', limit(token.rate_limit_per_minute)],
  ['Concurrent', limit(token.max_concurrent)],
  ['Models', restriction(token.allowed_models)],
  ['Endpoints', restriction(token.allowed_endpoints)],
  ['Addresses', restriction(token.allowed_ips)],
  ['Expires at', fieldTime(token.expires_at, screen) ?? ''],
];

export async function tokenFields(token: TokenView, screen: Screen, api: ManagementClient): Promise<string> {
  const nameOf = await projectNames(screen, api);
  return fields([
    ['Id', token.id],
    ['Project', nameOf(token.project_id)],
    ['Name', token.name],
    ['Token', token.token],
    ['Active', yesNo(token.is_active)],
    ...describedLines(token),
    ...bounds(token, screen),
    ['Last used', fieldTime(token.last_used_at, screen)],
    ['Created', fieldTime(token.created_at, screen)],
  ]);
}

/** The only output that has the secret. */
export const newToken = (created: CreatedToken, screen: Screen): string =>
  fields([
    ['Token', created.token],
    ['Shown as', maskSecret(created.token)],
    ['Id', created.id],
    ['Name', created.name],
    ...bounds(created, screen),
  ]);

export const revocation = (result: RevokedTokens): string =>
  `Revoked ${result.revoked_count} of ${result.total_tokens} tokens; already revoked: ${result.already_revoked_count}.`;
