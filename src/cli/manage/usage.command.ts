import { Option, SubCommand } from 'nest-commander';
import { noSecret, notEmpty, wholeNumber } from '../terminal/option.values.js';
import { usageError } from '../terminal/cli.error.js';
import { ManageCommand, type ManageOptions } from './manage.command.js';
import type { ManagementClient, Query } from './management.client.js';
import { pointsTable, type UsageView, usageTable } from './report.output.js';
import { PROJECT_FLAGS } from './resource.arguments.js';
import { projectId as idOfProject, tokenId as idOfToken } from './resource.lookup.js';

interface UsageOptions extends ManageOptions {
  from?: string;
  to?: string;
  tz?: string;
  interval?: string;
  groupBy?: string;
  metric?: string;
  projectId?: string;
  token?: string;
  model?: string;
  compare?: true;
  top?: number;
  csv?: true;
}

@SubCommand({ name: 'usage', description: 'show requests, tokens and cost of a period' })
export class Usage extends ManageCommand {
  override readonly examples = [
    'manage usage --from 2026-11-01 --group-by model',
    'manage usage --from 2026-11-01 --to 2026-12-01 --interval day --tz Europe/Berlin --csv',
  ];
  protected override readonly docs = 'docs/observability/usage-and-cost.md';

  async run(_: string[], options: UsageOptions): Promise<void> {
    if (options.csv && options.json) throw usageError('--csv and --json exclude each other');
    if (options.csv) return this.printCsv(options);
    const format = options.interval === undefined ? withRows(options.groupBy) : withPoints(options.metric);
    await this.callAndPrint(
      options,
      async (api) => api.report<UsageView>('usage', await queryOf(api, options)),
      format,
    );
  }

  private async printCsv(options: UsageOptions): Promise<void> {
    const api = await this.access.connect(options);
    this.terminal.write(await api.text('usage', { ...(await queryOf(api, options)), format: 'csv' }));
  }

  @Option({ flags: '--from <time>', description: 'start: a date, or an RFC 3339 time (default: chosen by the server)' })
  parseFrom(value: string): string {
    return notEmpty('--from', value);
  }

  @Option({ flags: '--to <time>', description: 'end, exclusive (default: now)' })
  parseTo(value: string): string {
    return notEmpty('--to', value);
  }

  @Option({ flags: '--tz <zone>', description: 'time zone of days and months, such as Europe/Berlin (default: UTC)' })
  parseZone(value: string): string {
    return notEmpty('--tz', value);
  }

  @Option({ flags: '--interval <hour|day|month>', description: 'show one line for each' })
  parseInterval(value: string): string {
    return notEmpty('--interval', value);
  }

  @Option({ flags: '--group-by <group>', description: 'sums by project, token, model, route or tier' })
  parseGroupBy(value: string): string {
    return notEmpty('--group-by', value);
  }

  @Option({ flags: '--metric <name>', description: 'values with --interval: cost, tokens or requests (default: cost)' })
  parseMetric(value: string): string {
    return notEmpty('--metric', value);
  }

  @Option({ flags: PROJECT_FLAGS, description: 'only this project, by id or name' })
  parseProject(value: string): string {
    return notEmpty('--project', value);
  }

  @Option({ flags: '--token <token>', description: 'only this token, by id or name' })
  parseToken(value: string): string {
    return notEmpty('--token', value);
  }

  @Option({ flags: '--model <name>', description: 'only this model' })
  parseModel(value: string): string {
    return noSecret('--model', value);
  }

  @Option({ flags: '--compare', description: 'also the sums of the period before' })
  parseCompare(): true {
    return true;
  }

  @Option({ flags: '--top <n>', description: 'the largest groups; the rest is summed (default: 7)' })
  parseTop(value: string): number {
    return wholeNumber('--top', value, 1);
  }

  @Option({ flags: '--csv', description: 'print CSV' })
  parseCsv(): true {
    return true;
  }
}

const withRows =
  (groupBy: string | undefined) =>
  (usage: UsageView, screen: Parameters<typeof usageTable>[2]): string =>
    usageTable(usage, groupBy !== undefined && groupBy !== 'none', screen);

const withPoints =
  (metric: string | undefined) =>
  (usage: UsageView, screen: Parameters<typeof usageTable>[2]): string =>
    pointsTable(usage, metric, screen);

async function queryOf(api: ManagementClient, options: UsageOptions): Promise<Query> {
  const { from, to, tz, interval, metric, model, top, projectId, token } = options;
  return {
    from,
    to,
    tz,
    interval,
    metric,
    model,
    top,
    group_by: options.groupBy,
    compare: options.compare && 'previous',
    project_id: projectId && (await idOfProject(api, projectId)),
    token_id: token && (await idOfToken(api, token)),
  };
}
