import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { append, chainOf, fullDraft, keyDraft } from '../../../test/support/audit.chain.js';
import { FIRST_PREV_HASH } from '../row/audit.row.js';
import { ChainVerifier } from './chain.verifier.js';
import { keysById, SigningKey } from './signing.key.js';

const key = new SigningKey(generateKeyPairSync('ed25519').privateKey);
const other = new SigningKey(generateKeyPairSync('ed25519').privateKey);
const publicKeys = new Map([[key.id, key.publicKey]]);

describe(ChainVerifier.name, () => {
  const START = { seq: 1, prevHash: FIRST_PREV_HASH };

  it('expects no rows where there are none', () => {
    const verifier = new ChainVerifier({ start: START, heads: [], publicKeys });
    expect(verifier.end(undefined, 0)).toMatchObject({
      state: 'empty',
      checked: 0,
    });
    const none = new ChainVerifier({ start: START, heads: [], publicKeys });
    expect(none.end({ seq: 2, hash: 'h', at: 0 }, 0).broken_at).toEqual({
      seq: 1,
      why: 'truncated',
    });
  });

  it('reveals rows behind the head of the counter, and a newest row without a signature', () => {
    const rows = chainOf(5);
    const end = (isSigned: boolean, seq: number) => {
      const verifier = new ChainVerifier({
        start: START,
        heads: [],
        publicKeys,
        isSigned,
      });
      for (const row of rows) verifier.add(row);
      return verifier.end({ seq, hash: rows[seq - 1]!.hash, at: 0 }, 0).broken_at;
    };
    expect(end(false, 5)).toBeUndefined();
    expect(end(false, 4)).toEqual({ seq: 5, why: 'inserted' });
    expect(end(true, 5)).toMatchObject({
      seq: 5,
      why: 'changed',
      detail: 'signature',
    });
  });

  describe('a later key that the log announces', () => {
    const rows = chainOf(3, key);
    append(rows, keyDraft(other), other);
    append(rows, fullDraft(5), other);
    append(rows, fullDraft(6), key);
    const end = (...given: SigningKey[]) => {
      const verifier = new ChainVerifier({
        start: START,
        heads: [],
        publicKeys: keysById(given.map(({ publicKey }) => publicKey)),
      });
      for (const row of rows) verifier.add(row);
      return verifier.end(undefined, 0);
    };

    it('is none when keys are given', () => {
      expect(end(key).broken_at).toEqual({
        seq: 4,
        why: 'changed',
        id: rows[3]!.id,
        detail: 'key',
      });
      expect(end(key, other)).toMatchObject({
        state: 'intact',
        signatures: { checked: 6, unknown_keys: [] },
      });
    });

    it('is used without any, and said', () => {
      const { state, signatures } = end();
      expect([state, signatures]).toEqual(['intact', { checked: 6, unknown_keys: [key.id, other.id] }]);
    });
  });
});
