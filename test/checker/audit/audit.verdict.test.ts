import { describe, expect, it } from 'vitest';
import { type AuditRow, FIRST_PREV_HASH, rowOf } from '../../../src/audit/row/audit.row.js';
import type { AuditDraft, Outcome } from '../../../src/audit/row/audit.draft.js';
import { ROOT } from '../../../src/common/values/actor.js';
import { all, type Answer, type Call } from './audit.calls.js';
import { faultsOfFile } from './audit.file.js';
import type { Tables } from './audit.tables.js';
import { AuditVerdict } from './audit.verdict.js';

const rowsOf = (outcomes: readonly Outcome[], requestId = 'r'): AuditRow[] => {
  const rows: AuditRow[] = [];
  for (const outcome of outcomes) {
    const draft: AuditDraft = {
      action: 'token.revoke',
      actor: ROOT,
      call: { requestId, origin: 'api', method: 'DELETE', path: '/', clientIp: '', rows: 0 } as never,
      outcome,
    };
    rows.push(rowOf(draft, rows.length + 1, 0, rows.at(-1)?.hash ?? FIRST_PREV_HASH));
  }
  return rows;
};

function faultsOf(call: Partial<Call>, audit: readonly AuditRow[], head = audit.length): string {
  const last = audit[head - 1];
  const tables: Tables = {
    projects: new Map(),
    tokens: new Map(),
    operators: new Map(),
    audit,
    revision: { audit_seq: head, audit_hash: last?.hash ?? '', audit_at: 0 },
  };
  const verdict = new AuditVerdict('paper', 0);
  verdict.judge([{ id: 'r', action: 'token.revoke', isRefusal: false, answer: 'done', ...call }], tables, new Map());
  return verdict.faults.filter((fault) => !fault.includes('are signed') && !fault.includes('chain is empty')).join();
}

const stands = () => all([true]);
const absent = () => all([false]);

describe(AuditVerdict.name, () => {
  it.each<[string, Answer, readonly Outcome[], typeof stands]>([
    ['a change with its row', 'done', ['success'], stands],
    ['an unknown change with its row', 'unknown', ['success'], stands],
    ['an unknown call that did nothing', 'unknown', [], absent],
    ['a change that was refused because the store is away', 'undecided', ['success', 'failure'], stands],
    ['a call that was never sent', 'unsent', [], absent],
  ])('accepts %s', (_what, answer, outcomes, standing) =>
    expect(faultsOf({ answer, standing }, rowsOf(outcomes))).toBe(''),
  );

  it.each<[string, Answer, readonly Outcome[], typeof stands, string]>([
    ['no row', 'done', [], stands, 'is not exactly one row'],
    ['two rows', 'done', ['success', 'success'], stands, 'is not exactly one row'],
    ['a row without its change', 'unknown', ['success'], absent, 'change and row differ'],
    ['a change without its row', 'unknown', [], stands, 'change and row differ'],
    ['a change without its row, undecided', 'undecided', ['failure'], stands, 'change and row differ'],
    ['a part of a change', 'unknown', [], () => all([true, false]), 'only a part'],
    ['two refusals', 'undecided', ['failure', 'failure'], absent, 'several rows of a refusal'],
    ['a row of what was never sent', 'unsent', ['failure'], absent, 'was never sent'],
  ])('finds %s', (_what, answer, outcomes, standing, fault) =>
    expect(faultsOf({ answer, standing }, rowsOf(outcomes))).toContain(fault),
  );

  it('finds a refusal without a row, and one that was done', () => {
    const refusal = (answer: Answer, outcomes: Outcome[]) => faultsOf({ isRefusal: true, answer }, rowsOf(outcomes));
    expect(refusal('refused', ['denied'])).toBe('');
    expect(refusal('unknown', [])).toBe('');
    expect(refusal('refused', [])).toContain('no row of its refusal');
    expect(refusal('unknown', ['success'])).toContain('was done');
  });

  it('finds rows that nobody sent, gaps, and another end', () => {
    const rows = rowsOf(['success', 'success', 'success'], 'other');
    const unsent = { answer: 'unsent', standing: absent } as const;
    expect(faultsOf(unsent, rows)).toBe('rows of calls that nobody sent: 1,2,3');
    expect(faultsOf(unsent, rows.toSpliced(1, 1), 2)).toContain('the chain is broken');
    expect(faultsOf(unsent, rows, 2)).toContain('the head is 2');
  });
});

describe(faultsOfFile.name, () => {
  const rows = rowsOf(['success', 'success', 'success']);

  it('finds rows that the file lacks, has twice, or has otherwise', () => {
    expect(faultsOfFile(rows, rows)).toEqual([]);
    expect(faultsOfFile(rows.slice(0, 2), rows)).toContain('the file has 2 of 3 rows');
    expect(faultsOfFile([rows[0]!, ...rows], rows)).toContain('line 2 of the file is row 1, not 2');
    expect(faultsOfFile(rows.with(1, { ...rows[1]!, hash: 'x' }), rows)).toHaveLength(1);
  });
});
