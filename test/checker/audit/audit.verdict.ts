import type { KeyObject } from 'node:crypto';
import { ChainVerifier } from '../../../src/audit/chain/chain.verifier.js';
import { type AuditRow, FIRST_PREV_HASH } from '../../../src/audit/row/audit.row.js';
import type { Call } from './audit.calls.js';
import { AuditFold } from './audit.fold.js';
import type { Tables } from './audit.tables.js';

/** Faults of one kind that are listed. */
const MAX_LISTED = 10;

/** The result of a trial; its faults have to be none. */
export class AuditVerdict {
  replicaKills = 0;
  databaseKills = 0;
  readonly faults: string[] = [];
  private readonly answers: Record<string, number> = {};
  private rows = 0;
  /** Calls without an answer whose change stands, and has its row. */
  private unknownDone = 0;

  constructor(
    private readonly what: string,
    private readonly seed: number,
  ) {}

  line(): string {
    const { what, seed, replicaKills, databaseKills, rows, answers, unknownDone, faults } = this;
    const calls = Object.entries(answers).map(([answer, count]) => `${count} ${answer}`);
    const unknown = `${unknownDone} of the calls without an answer were done`;
    const kills = `${replicaKills} servers and ${databaseKills} databases killed`;
    return `audit log on ${what}: seed ${seed}, ${kills}, calls: ${calls.join(', ')}; ${unknown}; ${rows} rows, ${faults.length} faults\n`;
  }

  judge(calls: readonly Call[], tables: Tables, keys: ReadonlyMap<string, KeyObject>): void {
    this.rows += tables.audit.length;
    for (const { answer } of calls) this.answers[answer] = (this.answers[answer] ?? 0) + 1;
    const rows = new Map<string | undefined, AuditRow[]>(calls.map(({ id }) => [id, []]));
    for (const row of tables.audit) rows.get(row.request_id)?.push(row);
    for (const call of calls) this.judgeCall(call, rows.get(call.id) ?? [], tables);
    this.judgeUnsent(calls, tables.audit);
    this.judgeChain(tables, keys);
    this.faults.push(...AuditFold.faults(tables).slice(0, MAX_LISTED));
  }

  /** A change has one row, and a row has its change; a refusal has its row. */
  private judgeCall(call: Call, rows: readonly AuditRow[], tables: Tables): void {
    const done = rows.filter(({ outcome }) => outcome === 'success');
    const refused = rows.length - done.length;
    const standing = call.standing?.(tables);
    const what = `${call.action} ${call.id}, ${call.answer} ${call.status ?? ''} ${call.code ?? ''}`;
    const must = (isSo: boolean, fault: string): void => {
      if (!isSo && this.faults.length < MAX_LISTED)
        this.faults.push(`${what}: ${fault}; ${done.length} done, ${refused} refused, ${standing}`);
    };
    must(standing !== 'torn', 'only a part of the change stands');
    must(
      rows.every(({ action }) => action === call.action || action === 'auth.denied'),
      'has a row of another action',
    );
    must(refused <= 1, 'has several rows of a refusal');
    if (call.isRefusal) {
      must(call.answer !== 'done' && done.length === 0, 'was done');
      must(call.answer !== 'refused' || refused === 1, 'has no row of its refusal');
      return;
    }
    must(call.answer !== 'refused', 'was refused');
    must(call.answer !== 'unsent' || rows.length === 0, 'was never sent and has a row');
    must(call.answer !== 'done' || (done.length === 1 && refused === 0), 'is not exactly one row');
    must(done.length <= 1, 'has several rows');
    if (standing !== undefined) must((standing === 'stands') === (done.length === 1), 'change and row differ');
    if (call.answer !== 'done' && done.length === 1) this.unknownDone += 1;
  }

  /** Every other row is of the server itself, or of the operator that the trial begins with. */
  private judgeUnsent(calls: readonly Call[], audit: readonly AuditRow[]): void {
    const known = new Set(calls.map(({ id }) => id));
    const strange = audit.filter(
      ({ request_id: id, action }) => id !== undefined && !known.has(id) && action !== 'operator.create',
    );
    if (strange.length > 0) this.faults.push(`rows of calls that nobody sent: ${strange.map(({ seq }) => seq).join()}`);
  }

  private judgeChain({ audit, revision }: Tables, publicKeys: ReadonlyMap<string, KeyObject>): void {
    const verifier = new ChainVerifier({ start: { seq: 1, prevHash: FIRST_PREV_HASH }, heads: [], publicKeys });
    for (const row of audit) verifier.add(row);
    const head = {
      seq: Number(revision['audit_seq']),
      hash: String(revision['audit_hash']),
      at: Number(revision['audit_at']),
    };
    const { state, broken_at: broken, signatures } = verifier.end(head, 0);
    const last = audit.at(-1);
    if (state !== 'intact') this.faults.push(`the chain is ${state}: ${JSON.stringify(broken)}`);
    if (head.seq !== audit.length || head.hash !== (last?.hash ?? ''))
      this.faults.push(
        `the head is ${head.seq} ${head.hash}, the last of ${audit.length} rows is ${last?.seq} ${last?.hash}`,
      );
    if (signatures.checked !== audit.length)
      this.faults.push(`${signatures.checked} of ${audit.length} rows are signed`);
  }
}
