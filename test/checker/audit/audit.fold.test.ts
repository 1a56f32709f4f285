import { describe, expect, it } from 'vitest';
import type { AuditDraft, Changes } from '../../../src/audit/row/audit.draft.js';
import { FIRST_PREV_HASH, rowOf } from '../../../src/audit/row/audit.row.js';
import type { Action } from '../../../src/common/audit/audit.action.js';
import { ROOT } from '../../../src/common/values/actor.js';
import { AuditFold } from './audit.fold.js';
import type { Columns } from './audit.tables.js';

const draft = (action: Action, facts: Partial<AuditDraft>): AuditDraft => ({
  action,
  actor: ROOT,
  call: undefined,
  outcome: 'success',
  ...facts,
});
const from = (before: Changes[string]['from'], to: Changes[string]['to']) => ({ from: before, to });
const about = { projectId: 'p', tokenId: 't' };

const CREATED = draft('token.create', { ...about, changes: { name: from(null, 'job'), is_active: from(null, true) } });
const PATCHED = draft('token.update', { ...about, changes: { name: from('job', 'other') } });
const REPLACED = draft('token.replace', {
  ...about,
  changes: { replaced_by: from(null, 'u') },
  metadata: { successor_id: 'u', successor: { replaces: 't' } },
});
const REVOKED = draft('project.revoke_tokens', { projectId: 'p', metadata: { revoked_count: 2 } });
const ALL = [CREATED, PATCHED, REPLACED, REVOKED];

const token = (id: string, columns: Columns): [string, Columns] => [
  id,
  { id, name: 'other', is_active: 0, expires_at: null, ...columns },
];
const STORED = new Map([token('t', { replaced_by: 'u' }), token('u', { replaces: 't' })]);

const faultsOf = (drafts: readonly AuditDraft[], tokens = STORED): string[] =>
  AuditFold.faults({
    projects: new Map(),
    tokens,
    operators: new Map(),
    audit: drafts.map((one, i) => rowOf(one, i + 1, 0, FIRST_PREV_HASH)),
    revision: {},
  });

describe(AuditFold.name, () => {
  it('rebuilds the tables from the rows', () => expect(faultsOf(ALL)).toEqual([]));

  it('finds a row that is lost, and one that is not of a change', () => {
    expect(faultsOf([CREATED, REPLACED, REVOKED])).toEqual([
      'token t: name is "other", the rows say "job"',
      'token u: name is "other", the rows say "job"',
    ]);
    expect(faultsOf([CREATED, PATCHED, PATCHED, REPLACED, REVOKED])).toEqual([
      '#3 token.update: name was "other", not "job"',
    ]);
    expect(faultsOf(ALL.slice(0, 3))).toHaveLength(2);
  });

  it('finds a number of revoked tokens that is not theirs, and a token that no row made', () => {
    expect(faultsOf([CREATED, PATCHED, REVOKED, REPLACED])[0]).toBe(
      '#3 project.revoke_tokens: 2 were revoked, 1 were active',
    );
    expect(faultsOf(ALL, new Map([...STORED, token('v', {})]))).toEqual([
      'token v: name is "other", the rows say null',
      'token v: is_active is false, the rows say null',
    ]);
  });
});
