import type { ReactElement } from 'react';
import { AsCommand } from '../parts/command';
import { cliLine, curlLine } from '../parts/command.line';
import { filtersOf, type RequestsSearch } from './search';

/** The requests of these filters by a command. */
export function RequestsCommand({ search }: { search: RequestsSearch }): ReactElement {
  const filters = filtersOf(search);
  const { project_id, token_id, slower_than_ms, ...same } = filters;
  const cli = cliLine('manage requests list', {
    project: project_id,
    token: token_id,
    slower_than: slower_than_ms,
    ...same,
  });
  return <AsCommand cli={cli} curl={curlLine('/manage/requests', filters)} />;
}
