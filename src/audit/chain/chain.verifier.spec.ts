import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { append, chainOf, fullDraft, keyDraft, rehashed } from '../../../test/support/audit.chain.js';
import { type AuditRow, FIRST_PREV_HASH, rowOf } from '../row/audit.row.js';
import type { Fault, NotedHead, Verdict } from './chain.fault.js';
import { ChainVerifier } from './chain.verifier.js';
import { pemOf, SigningKey } from './signing.key.js';

const ROWS = 1000;
const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
const other = new SigningKey(generateKeyPairSync('ed25519').privateKey);
const publicKeys = new Map([[key.id, key.publicKey]]);

/** Without a signature, also the columns that are not hashed. */
const COLUMNS: readonly (keyof AuditRow)[] = [
  ...(['id', 'at', 'action', 'actor', 'actor_id', 'actor_name', 'origin', 'outcome', 'reason', 'project_id'] as const),
  ...(['token_id', 'subject_id', 'request_id', 'correlation_id', 'client_ip', 'user_agent', 'method', 'path'] as const),
  ...(['changes', 'metadata'] as const),
];
const other64 = (n: number): string => n.toString(16).padStart(64, 'f');

interface Tampered {
  readonly rows: readonly AuditRow[];
  readonly fault: Pick<Fault, 'seq' | 'why'>;
}
/** Tampers with the row at an index; undefined where that is not possible. */
type Tampering = (rows: readonly AuditRow[], index: number) => Tampered | undefined;

const renumbered = (rows: readonly AuditRow[], by: number): AuditRow[] =>
  rows.map((row) => ({ ...row, seq: row.seq + by }));
const changedAt = (rows: readonly AuditRow[], index: number, row: AuditRow): Tampered => ({
  rows: rows.with(index, row),
  fault: { seq: rows[index]!.seq, why: 'changed' },
});
const forged = (rows: readonly AuditRow[], index: number): AuditRow =>
  rowOf(fullDraft(0), rows[index]!.seq, Date.parse(rows[index]!.at), rows[index]!.prev_hash);
const withNumbersOf = (rows: readonly AuditRow[], i: number, j: number): readonly AuditRow[] =>
  rows.with(i, { ...rows[j]!, seq: rows[i]!.seq }).with(j, { ...rows[i]!, seq: rows[j]!.seq });
const inserted = (rows: readonly AuditRow[], i: number, row: AuditRow): Tampered => ({
  rows: [...rows.slice(0, i), row, ...renumbered(rows.slice(i), 1)],
  fault: { seq: rows[i]!.seq, why: 'inserted' },
});

const TAMPERINGS: Record<string, Tampering> = {
  ...Object.fromEntries(
    COLUMNS.flatMap((column): [string, Tampering][] => [
      [`change ${column}`, (rows, i) => changedAt(rows, i, { ...rows[i]!, [column]: 'changed' })],
      [`remove ${column}`, (rows, i) => (i % 10 === 0 ? withoutColumn(rows, i, column) : undefined)],
    ]),
  ),
  'change prev_hash': (rows, i) => changedAt(rows, i, { ...rows[i]!, prev_hash: other64(i) }),
  'change hash': (rows, i) => changedAt(rows, i, { ...rows[i]!, hash: other64(i) }),
  'change the number': (rows, i) => ({
    rows: [...rows.toSpliced(i, 1), { ...rows[i]!, seq: rows.at(-1)!.seq + 7 }],
    fault: { seq: rows[i]!.seq, why: 'reordered' },
  }),
  'hash recomputed in place': (rows, i) => changedAt(rows, i, rehashed(rows[i]!, { path: '/changed' })),
  'prev_hash and hash recomputed': (rows, i) => changedAt(rows, i, rehashed(rows[i]!, { prev_hash: other64(i) })),
  'another row in its place': (rows, i) => changedAt(rows, i, forged(rows, i)),
  delete: (rows, i) => {
    const why = i === rows.length - 1 ? 'truncated' : 'missing';
    return { rows: rows.toSpliced(i, 1), fault: { seq: rows[i]!.seq, why } };
  },
  'delete, new numbers': (rows, i) =>
    i === rows.length - 1
      ? undefined
      : {
          rows: [...rows.slice(0, i), ...renumbered(rows.slice(i + 1), -1)],
          fault: { seq: rows[i]!.seq, why: 'missing' },
        },
  'delete three, new numbers': (rows, i) =>
    i >= rows.length - 3
      ? undefined
      : {
          rows: [...rows.slice(0, i), ...renumbered(rows.slice(i + 3), -3)],
          fault: { seq: rows[i]!.seq, why: 'missing' },
        },
  'insert before': (rows, i) => ({
    rows: rows.toSpliced(i, 0, forged(rows, i)),
    fault: { seq: rows[i]!.seq, why: 'inserted' },
  }),
  'insert before, of no chain': (rows, i) => ({
    rows: rows.toSpliced(i, 0, { ...forged(rows, i), hash: other64(i) }),
    fault: { seq: rows[i]!.seq, why: 'inserted' },
  }),
  'insert, new numbers': (rows, i) => inserted(rows, i, forged(rows, i)),
  'insert, of no chain, new numbers': (rows, i) => inserted(rows, i, { ...forged(rows, i), prev_hash: other64(i) }),
  'insert a copy, new numbers': (rows, i) => inserted(rows, i, { ...rows[i]!, id: randomUUID() }),
  'insert a copy of an earlier row': (rows, i) =>
    inserted(rows, i, {
      ...rows[i >> 1]!,
      id: randomUUID(),
      seq: rows[i]!.seq,
    }),
  'insert a copy of a later row': (rows, i) =>
    inserted(rows, i, {
      ...rows[(i + rows.length) >> 1]!,
      id: randomUUID(),
      seq: rows[i]!.seq,
    }),
  'swap neighbours': (rows, i) =>
    i === rows.length - 1
      ? undefined
      : {
          rows: withNumbersOf(rows, i, i + 1),
          fault: { seq: rows[i]!.seq, why: 'reordered' },
        },
  'swap any two': (rows, i) => {
    const j = (i * 577 + 311) % rows.length;
    return i === j
      ? undefined
      : {
          rows: withNumbersOf(rows, i, j),
          fault: { seq: rows[Math.min(i, j)]!.seq, why: 'reordered' },
        };
  },
  'lines of a file swapped': (rows, i) =>
    i === rows.length - 1
      ? undefined
      : {
          rows: rows.with(i, rows[i + 1]!).with(i + 1, rows[i]!),
          fault: { seq: rows[i]!.seq, why: 'reordered' },
        },
  'moved to the end': (rows, i) =>
    i === rows.length - 1
      ? undefined
      : {
          rows: [...rows.slice(0, i), ...renumbered(rows.slice(i + 1), -1), { ...rows[i]!, seq: rows.at(-1)!.seq }],
          fault: { seq: rows[i]!.seq, why: 'reordered' },
        },
  'cut the tail': (rows, i) => ({
    rows: rows.slice(0, i),
    fault: { seq: rows[i]!.seq, why: 'truncated' },
  }),
  'no row any more': (rows, i) => changedAt(rows, i, { seq: rows[i]!.seq } as AuditRow),
};

const ofSignature: Record<string, Tampering> = {
  'signature removed': (rows, i) => withoutColumn(rows, i, 'signature'),
  'key id removed': (rows, i) => withoutColumn(rows, i, 'key_id'),
  'both removed': (rows, i) => {
    const { signature: _signature, key_id: _keyId, ...unsigned } = rows[i]!;
    return changedAt(rows, i, unsigned);
  },
  'signature of another row': (rows, i) =>
    changedAt(rows, i, {
      ...rows[i]!,
      signature: rows[i === 0 ? 1 : i - 1]!.signature!,
    }),
  'one bit flipped': (rows, i) => {
    const bytes = Buffer.from(rows[i]!.signature!, 'base64');
    bytes[i % 64]! ^= 1 << (i % 8);
    return changedAt(rows, i, {
      ...rows[i]!,
      signature: bytes.toString('base64'),
    });
  },
  'another text of the same bytes': (rows, i) =>
    changedAt(rows, i, {
      ...rows[i]!,
      signature: rows[i]!.signature!.replace('==', ''),
    }),
  'signed with another key': (rows, i) =>
    changedAt(rows, i, {
      ...rows[i]!,
      signature: other.sign(rows[i]!.seq, rows[i]!.hash),
      key_id: other.id,
    }),
  'key id of another key': (rows, i) => changedAt(rows, i, { ...rows[i]!, key_id: other.id }),
  'all from here written anew with a key that it announces': (rows, i) => {
    const kept = rows.slice(0, i);
    append(kept, keyDraft(other), other);
    while (kept.length < Math.min(i + 4, rows.length)) append(kept, fullDraft(kept.length), other);
    return { rows: kept, fault: { seq: rows[i]!.seq, why: 'changed' } };
  },
  'all from here written anew, and gone on from with the key': (rows, i) => {
    // The server goes on behind the row that the counter names: its own signature then covers rows that it never wrote.
    if (i >= rows.length - 3) return undefined;
    const kept = rows.slice(0, i);
    append(kept, fullDraft(i));
    kept[i] = { ...kept[i]!, key_id: key.id, signature: rows[i]!.signature! };
    append(kept, fullDraft(i + 1), key);
    return { rows: kept, fault: { seq: rows[i]!.seq, why: 'changed' } };
  },
  'all from here written anew without the key': (rows, i) => {
    // All rows, also that of the key: the newest one has to be signed.
    if (i === 0) return undefined;
    const kept = rows.slice(0, i);
    while (kept.length < Math.min(i + 3, rows.length)) append(kept, fullDraft(kept.length));
    return { rows: kept, fault: { seq: rows[i]!.seq, why: 'changed' } };
  },
};

function withoutColumn(rows: readonly AuditRow[], i: number, column: keyof AuditRow): Tampered | undefined {
  const { [column]: value, ...rest } = rows[i]!;
  return value === undefined ? undefined : changedAt(rows, i, rest as AuditRow);
}

/** Begins shortly before the first row that differs: what comes before it is the same in all cases. */
function verdictOf(whole: readonly AuditRow[], rows: readonly AuditRow[], heads: readonly NotedHead[] = []): Verdict {
  const found = rows.findIndex((row, i) => row !== whole[i]);
  const differs = found === -1 ? rows.length : found;
  const from = differs < 3 ? 0 : Math.min(differs, whole.length) - 2;
  const first = whole[from]!;
  const isSigned = first.signature !== undefined;
  const keys = isSigned && from > 0 ? { [key.id]: pemOf(key.publicKey) } : {};
  const start = { seq: first.seq, prevHash: first.prev_hash, keys };
  const verifier = new ChainVerifier({ start, heads, publicKeys: isSigned ? publicKeys : new Map() });
  for (let i = from; i < rows.length; i += 1) verifier.add(rows[i]!);
  const { seq, hash } = whole.at(-1)!;
  return verifier.end({ seq, hash, at: 0 }, 0);
}

describe.each([
  ['signed', key],
  ['unsigned', undefined],
])('a chain of 1,000 rows, %s', (_title, signing) => {
  const whole = chainOf(ROWS, signing);

  it.each(Object.entries({ ...TAMPERINGS, ...(signing && ofSignature) }))(
    'reveals at every position: %s',
    (_name, tamper) => {
      for (let index = 0; index < ROWS; index += 1) {
        const tampered = tamper(whole, index);
        if (!tampered) continue;
        const { state, broken_at: fault, checked } = verdictOf(whole, tampered.rows);
        expect({ state, seq: fault?.seq, why: fault?.why }).toEqual({
          state: 'broken',
          ...tampered.fault,
        });
        expect(checked).toBeLessThanOrEqual(index + 1);
      }
    },
    120_000,
  );

  it('reveals a beginning that was cut off, and one with new numbers', () => {
    for (let index = 1; index < ROWS; index += 1) {
      const rest = whole.slice(index);
      const last = { ...whole.at(-1)!, at: 0 };
      for (const rows of [rest, renumbered(rest, -index)]) {
        const verifier = new ChainVerifier({
          start: { seq: 1, prevHash: FIRST_PREV_HASH },
          heads: [],
          publicKeys,
        });
        for (const row of rows.slice(0, 3)) verifier.add(row);
        verifier.add(rows.at(-1)!);
        expect(verifier.end(last, 0).broken_at).toEqual({
          seq: 1,
          why: 'missing',
        });
      }
    }
  }, 120_000);

  it('is intact as it was written', () => {
    const verifier = new ChainVerifier({
      start: { seq: 1, prevHash: FIRST_PREV_HASH },
      heads: whole,
      publicKeys,
    });
    for (const row of whole) expect(verifier.add(row)).toBeUndefined();
    const last = whole.at(-1)!;
    expect(verifier.end({ ...last, at: 0 }, 0)).toEqual({
      state: 'intact',
      checked: ROWS,
      first_seq: 1,
      last_seq: ROWS,
      head: last.hash,
      ...(signing && { key_id: key.id }),
      signatures: { checked: signing ? ROWS : 0, unknown_keys: [] },
      noted_head: 'found',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('reveals by a noted head that it was written anew, or ended earlier', () => {
    const anew = whole.slice(0, 400);
    while (anew.length < ROWS) append(anew, fullDraft(anew.length), signing);
    const at = (rows: AuditRow[], heads: NotedHead[]) => {
      const verifier = new ChainVerifier({
        start: { seq: 1, prevHash: FIRST_PREV_HASH },
        heads,
        publicKeys,
      });
      for (const row of rows) verifier.add(row);
      return verifier.end({ ...rows.at(-1)!, at: 0 }, 0);
    };
    const noted = { seq: 500, hash: whole[499]!.hash };
    expect(at(anew, [noted])).toMatchObject({
      noted_head: 'missing',
      broken_at: { seq: 500, why: 'changed', detail: 'noted head' },
    });
    for (const heads of [[noted], [{ hash: noted.hash }]])
      expect(at(whole.slice(0, 450), heads)).toMatchObject({
        noted_head: 'missing',
        broken_at: { seq: 451, why: 'truncated', detail: 'noted head' },
      });
    expect(at(anew, [{ hash: whole[399]!.hash }])).toMatchObject({
      state: 'intact',
      noted_head: 'found',
    });
    expect(at(anew, [{ seq: 0, hash: '' }])).toMatchObject({
      state: 'intact',
      noted_head: 'found',
    });
  });
});
