import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROOT, SYSTEM } from '../../common/values/actor.js';
import type { ManagementCall } from '../../common/audit/management.call.js';
import type { AuditDraft } from './audit.draft.js';
import { TEXT_COLUMNS } from './audit.columns.js';
import { redactionOf } from './audit.redaction.js';
import { columnsOf, FIRST_PREV_HASH, hashOf, rowOf } from './audit.row.js';
import { storedRow } from './stored.row.js';

const call = (facts: Partial<ManagementCall> = {}): ManagementCall => ({
  requestId: 'r-1',
  correlationId: undefined,
  clientIp: '192.0.2.7',
  userAgent: 'test/1',
  method: 'PATCH',
  path: '/manage/tokens/x',
  origin: 'cli',
  action: 'token.update',
  rows: 0,
  ...facts,
});

const draft = (facts: Partial<AuditDraft> = {}): AuditDraft => ({
  action: 'token.update',
  actor: ROOT,
  call: call(),
  outcome: 'success',
  ...facts,
});

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const row = (facts: Partial<AuditDraft> = {}) => rowOf(draft(facts), 1, AT, FIRST_PREV_HASH);

describe('canonical JSON', () => {
  it('is that of RFC 8785 §3.2.2 and §3.2.3', () => {
    const sample = `{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalize(JSON.parse(sample))).toBe(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
    );
    const names = { '\u20ac': 5, '\r': 1, '\ufb33': 7, '1': 2, '\ud83d\ude00': 6, '\u0080': 3, '\u00f6': 4 };
    expect(canonicalize(names)).toBe('{"\\r":1,"1":2,"\u0080":3,"\u00f6":4,"\u20ac":5,"\ud83d\ude00":6,"\ufb33":7}');
  });

  it('refuses what has no canonical form', () => {
    expect(() => canonicalize({ text: '\ud800' })).toThrow('surrogate');
    expect(() => canonicalize({ number: NaN })).toThrow('NaN');
  });
});

describe(rowOf.name, () => {
  it('has the names of the API, and nothing for what is absent', () => {
    const { id, hash, ...rest } = row({ tokenId: 't', changes: { name: { from: null, to: 'new' } } });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(rest).toEqual({
      seq: 1,
      at: '2026-01-02T03:04:05.006Z',
      action: 'token.update',
      actor: 'management_api',
      origin: 'cli',
      outcome: 'success',
      token_id: 't',
      request_id: 'r-1',
      client_ip: '192.0.2.7',
      user_agent: 'test/1',
      method: 'PATCH',
      path: '/manage/tokens/x',
      changes: { name: { from: null, to: 'new' } },
      prev_hash: FIRST_PREV_HASH,
    });
  });

  it('names an operator, the server, and a stranger', () => {
    const ada = { ...ROOT, kind: 'operator', id: 'o', name: 'Ada' } as const;
    expect(row({ actor: ada })).toMatchObject({ actor: 'operator', actor_id: 'o', actor_name: 'Ada' });
    expect(row({ actor: SYSTEM, call: undefined })).toMatchObject({ actor: 'system', origin: 'system' });
    const stranger = row({ actor: undefined, outcome: 'denied', reason: 'unauthorized' });
    expect(stranger).toMatchObject({ actor: 'management_api', outcome: 'denied', reason: 'unauthorized' });
    expect(stranger).not.toHaveProperty('actor_id');
  });

  it('survives the columns with its hash, whatever its texts are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    const hostile = fc.oneof(
      text,
      fc.constantFrom('\ud800', 'a\0b', '\udc00x', 'x ', '__proto__', "'; --", '\u{1f600}'),
    );
    const value = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        hostile,
        fc.double(),
        fc.integer(),
        fc.constantFrom(null, true, -0, 2 ** 60, 1.5),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(hostile, tie('json'), { maxKeys: 3 }),
      ),
    })).json as fc.Arbitrary<never>;
    fc.assert(
      fc.property(hostile, hostile, value, value, (name, agent, from, to) => {
        const actor = { ...ROOT, name };
        const made = row({ actor, call: call({ userAgent: agent, path: name }), changes: { [name]: { from, to } } });
        const columns = { ...columnsOf(made), seq: '1', at: String(AT), actor_id: null, signature: null };
        const read = storedRow(columns);
        expect(hashOf(read)).toBe(made.hash);
        expect(read).toEqual(made);
        for (const [column, length] of Object.entries(TEXT_COLUMNS))
          expect(String(columns[column as keyof typeof columns] ?? '').length).toBeLessThanOrEqual(length);
      }),
    );
  });

  it('has another hash for another value of any hashed field, and the same for another signature', () => {
    const made = row({ reason: 'x', metadata: { a: 1 } });
    const { hash: _hash, ...fields } = made;
    for (const name of Object.keys(fields)) expect(hashOf({ ...made, [name]: 'other' })).not.toBe(made.hash);
    expect(hashOf({ ...made, signature: 's', key_id: 'k' })).toBe(made.hash);
  });

  it('replaces what is too long for a column by its size and its hash', () => {
    const { metadata } = row({ metadata: { text: 'é'.repeat(30_000) } });
    expect(metadata).toEqual({ truncated: true, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 60_011 });
  });

  it('has no number that JSON readers understand differently', () => {
    expect(row({ metadata: { big: 2 ** 60, nan: NaN, zero: -0, part: 0.5 } }).metadata).toEqual({
      big: '1152921504606847000',
      nan: 'NaN',
      zero: 0,
      part: '0.5',
    });
  });
});

describe(redactionOf.name, () => {
  const hide = redactionOf(['hunter2-hunter2', 'short', 'hunter2-hunter2-and-more', '$&$&$&$&']);

  it.each([
    ['key sk-proj-ABCDEFGHIJKL in a note', 'key sk-… in a note'],
    ['gsk_abcdefghijkl ghp_abcdefghijkl AIzaSyabcdefgh', 'gsk_… ghp_… AIza…'],
    ['eyJhbGciOiJI.eyJzdWIiOiIx.SflKxw', 'eyJ…'],
    ['Authorization: Bearer abcdefghijklmnopqrst', 'Authorization: Bearer …'],
    ['xhunter2-hunter2y hunter2-hunter2-and-more', 'x…y …'],
    ['$&$&$&$&', '…'],
  ])('hides %s', (text, hidden) => expect(hide(text)).toBe(hidden));

  it.each([
    'sk-wt-…AbCd',
    'sk-proj-…AbCd',
    'sk-svcacct-…AbCd',
    'task-force',
    'a bearer of news',
    'too short to be one',
  ])('leaves %s', (text) => expect(hide(text)).toBe(text));
});
