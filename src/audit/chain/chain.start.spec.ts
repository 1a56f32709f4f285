import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { append, chainOf, pruneDraft, signedRow } from '../../../test/support/audit.chain.js';
import type { AuditRow } from '../row/audit.row.js';
import type { Verdict } from './chain.fault.js';
import { startOfRows } from './chain.start.js';
import { ChainVerifier } from './chain.verifier.js';
import { pemOf, SigningKey } from './signing.key.js';

const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
const other = new SigningKey(generateKeyPairSync('ed25519').privateKey);
const publicKeys = new Map([[key.id, key.publicKey]]);

describe('a beginning that a forged row about pruning excuses', () => {
  const whole = chainOf(40, key);
  const verdictOf = async (rows: readonly AuditRow[], keys = publicKeys): Promise<Verdict> => {
    const start = await startOfRows(rows);
    const verifier = new ChainVerifier({
      start,
      heads: [],
      publicKeys: keys,
      isSigned: keys.size > 0,
    });
    for (const row of rows) verifier.add(row);
    return verifier.end({ ...rows.at(-1)!, at: 0 }, 0);
  };
  /** As the server prunes: the rest of the log, then the row about what is gone. */
  const prunedWith = (index: number, by: SigningKey): AuditRow[] => {
    const rows = [...whole];
    const keys = Object.fromEntries([key, by].map((one) => [one.id, pemOf(one.publicKey)]));
    append(rows, pruneDraft(whole[index - 1]!, keys), by);
    return rows.slice(index);
  };

  it('is intact when the server wrote the row', async () => {
    for (let index = 1; index < whole.length; index += 1) {
      expect((await verdictOf(prunedWith(index, key))).state).toBe('intact');
      // Without a key nothing but the log itself says which one is right.
      expect(await verdictOf(prunedWith(index, key), new Map())).toMatchObject({
        state: 'intact',
        signatures: { unknown_keys: [key.id] },
      });
    }
  });

  it('is broken at the row when another key signs it, with and without keys that are given', async () => {
    for (let index = 1; index < whole.length; index += 1)
      for (const keys of [publicKeys, new Map<never, never>()])
        expect((await verdictOf(prunedWith(index, other), keys)).broken_at).toMatchObject({
          seq: whole.length + 1,
          why: 'changed',
          detail: 'key',
        });
  });

  it('is broken at its first row when the rest is signed anew', async () => {
    for (let index = 1; index < whole.length; index += 1) {
      const rows = prunedWith(index, other).map((row) => signedRow(row, other));
      expect((await verdictOf(rows)).broken_at).toMatchObject({
        seq: index + 1,
        why: 'changed',
        detail: 'key',
      });
    }
  });

  it('is broken when the row is not signed, or has a signature of the key for something else', async () => {
    for (let index = 1; index < whole.length; index += 1) {
      const rows = prunedWith(index, other);
      const { signature: _signature, key_id: _keyId, ...unsigned } = rows.at(-1)!;
      const taken = {
        ...unsigned,
        signature: whole.at(-1)!.signature!,
        key_id: key.id,
      };
      for (const row of [unsigned, taken])
        expect((await verdictOf(rows.with(rows.length - 1, row))).broken_at).toMatchObject({
          seq: whole.length + 1,
          detail: 'signature',
        });
    }
  });
});
