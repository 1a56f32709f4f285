import { DataSource } from 'typeorm';
import { type ManagementCall, callOf } from '../../src/common/audit/management.call.js';
import { AuditTrail } from '../../src/changes/audit.trail.js';
import { DeniedRows } from '../../src/changes/denied.rows.js';
import type { Exchange } from '../../src/http/exchange.js';
import type { ExchangeObserver } from '../../src/http/exchange.observers.js';
import type { RunningApp } from '../../src/server/app.factory.js';

interface Ended {
  readonly call: ManagementCall;
  readonly status: number;
  readonly code: string | undefined;
}

const DENIED = new Set([
  'unauthorized',
  'session_ended',
  'role_not_allowed',
  'too_many_attempts',
  'cross_site_request',
  'confirmation_required',
]);

const UNWRITABLE = new Set(['store_unavailable', 'audit_unavailable', 'draining']);

/** The rows that a management call has to have, by its answer. Written beside the code that writes them, to judge it. */
export function expectedRows(status: number, code: string | undefined, action: string | undefined): number {
  if (status >= 400 && code !== undefined && DENIED.has(code)) return 1;
  return action === undefined ? 0 : 1;
}

/** Judges each management call that an application answered: it has exactly one row in the audit log, or none to have. */
export class AuditCoverage implements ExchangeObserver {
  private readonly ended: Ended[] = [];
  private readonly wrong: string[] = [];
  private areRowsCut = false;

  constructor(private readonly running: RunningApp) {
    running.observers.add(this);
  }

  onClosed({ request, status, code }: Exchange): void {
    const call = callOf(request);
    // Without a status the client left before its call was read: nothing was done.
    if (call && status !== undefined) this.ended.push({ call, status, code });
  }

  /** The test takes rows away, as the restoration of a backup does. */
  cutsRows(): void {
    this.areRowsCut = true;
  }

  /** Compares with the table, as long as there is one and it gets rows. */
  async compareRows(): Promise<void> {
    if (this.areRowsCut || !this.running.app.get(AuditTrail, { strict: false }).isOn) return;
    const told = new Map<string, number>();
    for (const { call } of this.ended) told.set(call.requestId, (told.get(call.requestId) ?? 0) + call.rows);
    const doubtful = new Set(this.ended.flatMap(({ call }) => (isDoubtful(call) ? [call.requestId] : [])));
    const stored = await this.storedRows().catch(() => undefined);
    if (!stored) return;
    for (const [id, rows] of told)
      if ((stored.get(id) ?? 0) !== rows && !doubtful.has(id))
        this.wrong.push(`${id}: ${rows} rows told, ${stored.get(id) ?? 0} stored`);
  }

  /** Throws for the calls with another number of rows than they have to have. */
  judge(): void {
    const calls = this.ended.filter(({ call, status, code }) => call.rows !== expectedRows(status, code, call.action));
    const suppressed = this.running.app.get(DeniedRows, { strict: false }).suppressedEver;
    const strangers = calls.filter(({ code, call }) => DENIED.has(code ?? '') && call.rows === 0);
    const others = calls.filter((ended) => !strangers.includes(ended) && !isUnwritable(ended));
    const lines = others.map(({ call, status, code }) => {
      const { method, path, action, rows } = call;
      return `${method} ${path} ${status} ${code ?? ''}: ${rows} rows, action ${action ?? 'none'}`;
    });
    if (strangers.length > suppressed) lines.push(`${strangers.length} refused without a row, ${suppressed} counted`);
    if (lines.length + this.wrong.length > 0)
      throw new Error(`calls without their row in the audit log:\n${[...lines, ...this.wrong].join('\n')}`);
  }

  private async storedRows(): Promise<Map<string, number>> {
    const source = this.running.app.get(DataSource, { strict: false });
    const rows: { id: string; n: number | string }[] = await source.query(
      'SELECT request_id AS id, COUNT(*) AS n FROM audit_events WHERE request_id IS NOT NULL GROUP BY request_id',
    );
    return new Map(rows.map(({ id, n }) => [id, Number(n)]));
  }
}

/** Its transaction may have committed a row of which the server does not know. */
const isDoubtful = ({ isOutcomeUnknown }: ManagementCall): boolean => isOutcomeUnknown === true;

/** A refusal that says that nothing can be written has no row; the change was not made. */
const isUnwritable = ({ code = '', call }: Ended): boolean => UNWRITABLE.has(code) && call.rows === 0;
