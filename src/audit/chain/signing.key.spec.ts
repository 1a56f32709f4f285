import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../common/values/actor.js';
import { type AuditRow, FIRST_PREV_HASH, rowOf } from '../row/audit.row.js';
import { ChainVerifier } from './chain.verifier.js';
import { signedHead } from './signed.head.js';
import { isSignature, SigningKey } from './signing.key.js';

const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
const other = new SigningKey(generateKeyPairSync('ed25519').privateKey);

function chain(length: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const draft = { action: 'token.create', actor: ROOT, call: undefined, outcome: 'success' } as const;
    const row = rowOf(draft, seq, 1000 * seq, rows.at(-1)?.hash ?? FIRST_PREV_HASH);
    rows.push({ ...row, signature: key.sign(seq, row.hash), key_id: key.id });
  }
  return rows;
}

describe(SigningKey.name, () => {
  it('signs the number and the hash of a row', () => {
    const signature = key.sign(7, 'abc');
    expect(signature).toHaveLength(88);
    expect(isSignature(signature, 7, 'abc', key.publicKey)).toBe(true);
    expect([isSignature(signature, 8, 'abc', key.publicKey), isSignature(signature, 7, 'abd', key.publicKey)]).toEqual([
      false,
      false,
    ]);
    expect(isSignature(signature, 7, 'abc', other.publicKey)).toBe(false);
    expect(key.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('signs a head with what its check needs', () => {
    expect(signedHead({ seq: 3, hash: 'h', at: 0 }, undefined)).toEqual({
      seq: 3,
      hash: 'h',
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(signedHead({ seq: 3, hash: 'h', at: 0 }, key)).toMatchObject({
      key_id: key.id,
      public_key: expect.stringContaining('BEGIN PUBLIC KEY'),
      signature: key.sign(3, 'h'),
    });
  });
});

describe(ChainVerifier.name, () => {
  const publicKeys = new Map([[key.id, key.publicKey]]);
  const verdict = (rows: AuditRow[], heads: { hash: string }[] = [], keys = publicKeys) => {
    const verifier = new ChainVerifier({ start: { seq: 1, prevHash: FIRST_PREV_HASH }, heads, publicKeys: keys });
    for (const row of rows) verifier.add(row);
    return verifier.end({ seq: 5, hash: '', at: 0 }, 0);
  };
  const rows = chain(5);

  it('finds a whole chain intact, with a head noted earlier', () => {
    expect(verdict(rows, [rows[2]!])).toEqual({
      state: 'intact',
      checked: 5,
      first_seq: 1,
      last_seq: 5,
      head: rows[4]!.hash,
      key_id: key.id,
      signatures: { checked: 5, unknown_keys: [] },
      noted_head: 'found',
      at: '1970-01-01T00:00:00.000Z',
    });
    expect(verdict(rows, [], new Map()).signatures).toEqual({ checked: 0, unknown_keys: [key.id] });
  });

  it('finds a row that changed, is missing or was signed otherwise, and a chain without its end', () => {
    const brokenAt = (changed: AuditRow[], heads: { hash: string }[] = []) => verdict(changed, heads).broken_at;
    expect(brokenAt(rows.with(2, { ...rows[2]!, action: 'token.revoke' }))).toMatchObject({ seq: 3, why: 'changed' });
    expect(brokenAt(rows.toSpliced(2, 1))).toEqual({ seq: 3, why: 'missing' });
    expect(brokenAt(rows.toSpliced(2, 0, rows[1]!))).toMatchObject({ seq: 2, why: 'inserted' });
    expect(brokenAt(rows.slice(0, 3))).toEqual({ seq: 4, why: 'truncated' });
    expect(brokenAt(rows, [{ hash: 'of another' }])).toEqual({ seq: 6, why: 'truncated' });
    const { signature: _signature, key_id: _keyId, ...unsigned } = rows[3]!;
    for (const row of [{ ...rows[3]!, signature: rows[2]!.signature! }, unsigned])
      expect(brokenAt(rows.with(3, row))).toMatchObject({ seq: 4, why: 'changed', detail: 'signature' });
  });
});
