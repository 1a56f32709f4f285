import type { RevokedByIds } from '../../token/revocation/revoke.dto.js';
import type { CreatedToken, RevokedTokens, TokenView } from '../../token/token.view.js';
import { maskSecret } from '../../token/token.secret.js';
import { fieldTime, tableTime } from '../terminal/relative.time.js';
import { fields, table } from '../terminal/table.js';
import type { Screen } from '../terminal/terminal.js';
import { describedLines } from './fields/described.options.js';
import { tableId } from './resource.id.js';

const requests = (token: TokenView): string => `${token.request_count} of ${token.max_requests ?? 'unlimited'}`;

/** A table on a screen has no room for a cap that is not there. */
const tableRequests = (token: TokenView, { width }: Screen): string =>
  width !== undefined && token.max_requests === null ? String(token.request_count) : requests(token);

const limit = (value: number | null): string => value?.toString() ?? 'unlimited';

const restriction = (entries: readonly string[] | null): string => entries?.join(', ') ?? 'any';

const HEADINGS = ['ID', 'PROJECT', 'NAME', 'TOKEN', 'STATUS', 'REQUESTS', 'EXPIRES AT'];
const SCREEN_HEADINGS = [...HEADINGS.slice(0, -1), 'EXPIRES'];

/** On a screen projects are shown by name, elsewhere by id. */
const project = ({ project_id: id, project_name: name }: TokenView, { width }: Screen): string =>
  width === undefined ? id : (name ?? id);

export function tokenTable(tokens: readonly TokenView[], screen: Screen): string {
  if (tokens.length === 0) return 'There are no tokens.';
  const rows = tokens.map((token) => [
    tableId(token.id, screen),
    project(token, screen),
    token.name,
    token.token,
    token.status,
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

/** Only of tokens that have replaced one, or were replaced. */
const links = ({ replaces, replaced_by: by }: TokenView): [string, string][] => [
  ...(replaces === undefined ? [] : [['Replaces', replaces] as [string, string]]),
  ...(by === undefined ? [] : [['Replaced by', by] as [string, string]]),
];

export const tokenFields = (token: TokenView, screen: Screen): string =>
  fields([
    ['Id', token.id],
    ['Project', project(token, screen)],
    ['Name', token.name],
    ['Token', token.token],
    ['Status', token.status],
    ...describedLines(token),
    ...bounds(token, screen),
    ['Last used', fieldTime(token.last_used_at, screen)],
    ['Created', fieldTime(token.created_at, screen)],
    ...links(token),
  ]);

/** The only output that has the secret. */
export const newToken = (created: CreatedToken, screen: Screen): string =>
  fields([
    ['Token', created.token],
    ['Shown as', maskSecret(created.token)],
    ['Id', created.id],
    ['Name', created.name],
    ...bounds(created, screen),
    ...links(created),
  ]);

export const revocation = (result: RevokedTokens): string =>
  `Revoked ${result.revoked_count} of ${result.total_tokens} tokens; already revoked: ${result.already_revoked_count}.`;

export const revocationByIds = (result: RevokedByIds): string =>
  `Revoked ${result.revoked_count} tokens; already revoked: ${result.already_revoked_count}.`;
