import { Command } from 'nest-commander';
import { DEFAULT_ENV_FILE } from '../environment/env.variables.js';
import { DatabaseCommand, type DatabaseOptions } from '../migrate/database.command.js';
import { failure } from '../terminal/cli.error.js';
import { printable, type Screen, type Style } from '../terminal/terminal.js';
import type { Finding } from './finding.js';

const STYLES: Record<Finding['status'], Style> = { ok: 'green', warn: 'yellow', fail: 'red' };
const STATUS_WIDTH = 5;

@Command({
  name: 'doctor',
  description:
    'check configuration, database, events, Redis, upstreams, clock and limits; exit code 1 if a check fails',
})
export class DoctorCommand extends DatabaseCommand {
  override readonly examples: readonly string[] = ['doctor', 'doctor --env /etc/llm-proxy.env --json'];

  async run(_: string[], options: DatabaseOptions): Promise<void> {
    // Loaded only here: the drivers of databases take most of a second.
    const { diagnose } = await import('./diagnosis.js');
    const checks = await diagnose(options.env ?? DEFAULT_ENV_FILE, () => this.variables(options));
    const failed = checks.filter(({ status }) => status === 'fail').length;
    this.print(options, { ok: failed === 0, checks }, ({ checks: all }, screen) => report(all, screen));
    if (failed > 0) throw failure(failed === 1 ? '1 check failed' : `${failed} checks failed`);
  }
}

const report = (findings: readonly Finding[], screen: Screen): string =>
  findings.map((finding) => lines(finding, screen)).join('\n');

function lines({ check, status, detail, advice }: Finding, { paint }: Screen): string {
  const first = `${paint(STYLES[status], status.padEnd(STATUS_WIDTH))} ${check}: ${printable(detail)}`;
  return advice === undefined ? first : `${first}\n${' '.repeat(STATUS_WIDTH)} → ${printable(advice)}`;
}
