import type { ReactElement } from 'react';
import { AsCommand } from '../parts/command';
import { cliLine, curlLine } from '../parts/command.line';
import { type AuditSearch, filtersOf } from './search';

/** The rows of these filters by a command. */
export function AuditCommand({ search }: { search: AuditSearch }): ReactElement {
  const filters = filtersOf(search);
  const { project_id, token_id, from, to, ...same } = filters;
  const cli = cliLine('manage audit list', { ...same, project: project_id, token: token_id, since: from, until: to });
  return <AsCommand cli={cli} curl={curlLine('/manage/audit', filters)} />;
}
