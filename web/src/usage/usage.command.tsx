import type { ReactElement } from 'react';
import { AsCommand } from '../parts/command';
import { cliLine, curlLine } from '../parts/command.line';
import type { UsageSearch } from './search';
import { usageParams } from './usage.query';

/** The sums of this view by a command. */
export function UsageCommand({ search }: { search: UsageSearch }): ReactElement {
  const query = usageParams(search);
  const { group_by, metric, tz, project_id, token_id, compare, from, to, interval, model } = query;
  const cli = cliLine('manage usage', {
    from,
    to,
    tz,
    interval,
    'group-by': group_by,
    metric: interval === undefined ? undefined : metric,
    project: project_id,
    token: token_id,
    model,
  });
  return (
    <AsCommand cli={compare === undefined ? cli : `${cli} --compare`} curl={curlLine('/manage/usage', { ...query })} />
  );
}
