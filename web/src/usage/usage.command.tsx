import type { ReactElement } from 'react';
import { AsCommand } from '../parts/command';
import { cliLine, curlLine } from '../parts/command.line';
import type { UsageSearch } from './search';
import { usageParams } from './usage.query';

/** The sums of this view by a command. */
export function UsageCommand({ search }: { search: UsageSearch }): ReactElement {
  const query = usageParams(search);
  const { metric, project_id, token_id, compare, ...same } = query;
  const cli = cliLine('manage usage', {
    ...same,
    metric: same.interval === undefined ? undefined : metric,
    project: project_id,
    token: token_id,
  });
  return (
    <AsCommand cli={compare === undefined ? cli : `${cli} --compare`} curl={curlLine('/manage/usage', { ...query })} />
  );
}
