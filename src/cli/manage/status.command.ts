import { Command } from 'nest-commander';
import type { HealthView } from '../../health/health.dto.js';
import { CliError, EXIT_CODE } from '../terminal/cli.error.js';
import { relativeTime } from '../terminal/relative.time.js';
import { fields, table, yesNo } from '../terminal/table.js';
import type { Screen } from '../terminal/terminal.js';
import { readHealth } from './health.client.js';
import { ManageCommand, type ManageOptions } from './manage.command.js';

const SECOND_MS = 1000;

@Command({ name: 'status', description: 'show the health of a running server; exit code 1 unless it is ok' })
export class StatusCommand extends ManageCommand {
  override readonly examples: readonly string[] = [
    'status',
    'status --manage-api-base-url https://proxy.example.com --json',
  ];

  async run(_: string[], options: ManageOptions): Promise<void> {
    const { base, sources, token } = await this.access.target(options);
    const report = await readHealth(base, sources, token);
    if (options.json) this.terminal.json(report);
    else this.terminal.line(text(base, report, this.terminal.screen()));
    if (report.status !== 'ok')
      throw new CliError(EXIT_CODE.failed, report.status, `the server reports the status ${report.status}`);
  }
}

function text(base: string, report: HealthView, screen: Screen): string {
  const { status, version, uptime_seconds: uptime, checks, replicas } = report;
  const started = new Date(screen.nowMs - uptime * SECOND_MS).toISOString();
  const summary = fields([
    ['Server', base],
    ['Status', status],
    ['Version', version],
    ['Started', relativeTime(started, screen.nowMs)],
    ...Object.entries<string>({ ...checks }).map(([name, state]): [string, string] => [
      name[0]!.toUpperCase() + name.slice(1),
      state,
    ]),
    ['Replicas', replicas.length],
  ]);
  return replicas.length > 1 ? `${summary}\n\n${replicaTable(replicas, screen)}` : summary;
}

const replicaTable = (replicas: HealthView['replicas'], screen: Screen): string =>
  table(
    ['REPLICA', 'RESPONDED', 'CHANGES BEHIND', 'LAST SEEN'],
    replicas.map(({ id, name, is_this: isThis, revisions_behind: behind, silent_ms: silentMs }) => [
      name ?? id,
      yesNo(isThis),
      behind,
      `${Math.round(silentMs / SECOND_MS)} s ago`,
    ]),
    screen,
    ['REPLICA'],
  );
