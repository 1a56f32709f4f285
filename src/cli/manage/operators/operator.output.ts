import { OPERATOR_SECRETS } from '../../../auth/operator.secret.js';
import type { CreatedOperator, OperatorView, WhoAmI } from '../../../operator/operator.view.js';
import { fieldTime, tableTime } from '../../terminal/relative.time.js';
import { fields, table, yesNo } from '../../terminal/table.js';
import type { Screen } from '../../terminal/terminal.js';
import type { ManagementClient } from '../management.client.js';
import { projectNames, tableId } from '../resource.id.js';

const HEADINGS = ['ID', 'NAME', 'ROLE', 'PROJECTS', 'TOKEN', 'ACTIVE', 'EXPIRES', 'LAST USED'];
const NEVER = 'never';

/** Named on a screen, as ids elsewhere. */
async function projectText(screen: Screen, api: ManagementClient): Promise<(ids: readonly string[] | null) => string> {
  const nameOf = await projectNames(screen, api);
  return (ids) => ids?.map(nameOf).join(', ') ?? 'all';
}

export async function operatorTable(
  operators: readonly OperatorView[],
  screen: Screen,
  api: ManagementClient,
): Promise<string> {
  if (operators.length === 0) return 'There are no operators.';
  const projects = await projectText(screen, api);
  const rows = operators.map((operator) => [
    tableId(operator.id, screen),
    operator.name,
    operator.role,
    projects(operator.projects),
    operator.token,
    yesNo(operator.is_active),
    operator.expires_at === null ? NEVER : tableTime(operator.expires_at, screen),
    tableTime(operator.last_used_at, screen),
  ]);
  return table(HEADINGS, rows, screen, ['NAME', 'PROJECTS']);
}

export async function operatorFields(operator: OperatorView, screen: Screen, api: ManagementClient): Promise<string> {
  const projects = await projectText(screen, api);
  return fields([
    ['Id', operator.id],
    ['Name', operator.name],
    ['Role', operator.role],
    ['Projects', projects(operator.projects)],
    ['Token', operator.token],
    ['Active', yesNo(operator.is_active)],
    ['Expires at', operator.expires_at === null ? NEVER : fieldTime(operator.expires_at, screen)],
    ['Last used', fieldTime(operator.last_used_at, screen)],
    ['Created', fieldTime(operator.created_at, screen)],
  ]);
}

/** The only output that has the credential. */
export async function newOperator(created: CreatedOperator, screen: Screen, api: ManagementClient): Promise<string> {
  const projects = await projectText(screen, api);
  return fields([
    ['Token', created.token],
    ['Shown as', OPERATOR_SECRETS.mask(created.token)],
    ['Id', created.id],
    ['Name', created.name],
    ['Role', created.role],
    ['Projects', projects(created.projects)],
    ['Expires at', created.expires_at === null ? NEVER : fieldTime(created.expires_at, screen)],
  ]);
}

export async function holderFields(holder: WhoAmI, screen: Screen, api: ManagementClient): Promise<string> {
  const projects = await projectText(screen, api);
  return fields([
    ['Holder', holder.kind === 'root' ? 'the management token' : holder.name],
    ['Id', holder.id],
    ['Role', holder.role],
    ['Projects', projects(holder.projects)],
  ]);
}
