import { describe, expect, it } from 'vitest';
import type { AuditDraft } from '../audit/row/audit.draft.js';
import type { Changes } from './changes.js';
import { DeniedRows, ROWS_OF_ADDRESS, ROWS_OF_ALL } from './denied.rows.js';

function fixture() {
  const batches: (readonly AuditDraft[])[] = [];
  const state = { now: 0, failure: undefined as Error | undefined };
  const record = async (drafts: readonly AuditDraft[]): Promise<void> => {
    await Promise.resolve();
    if (state.failure) throw state.failure;
    batches.push(drafts);
  };
  const rows = new DeniedRows({ record } as unknown as Changes, { now: () => state.now });
  const call = async (clientIp: string): Promise<void> =>
    rows.write({ action: 'auth.denied', actor: undefined, call: { clientIp } as never, outcome: 'denied' });
  return { rows, batches, state, call };
}

describe(DeniedRows.name, () => {
  it('bounds the rows of an address, and counts the others in one row', async () => {
    const { rows, batches, call } = fixture();
    await Promise.all(Array.from({ length: 2000 }, async () => call('192.0.2.1')));
    expect(batches.flat()).toHaveLength(ROWS_OF_ADDRESS);
    await rows.close();
    expect(batches.at(-1)).toMatchObject([
      { actor: { kind: 'system' }, metadata: { suppressed: 1940, addresses: ['192.0.2.1'] } },
    ]);
    expect(rows.suppressedEver).toBe(1940);
    await rows.close();
    expect(batches.flat()).toHaveLength(ROWS_OF_ADDRESS + 1);
  });

  it('bounds the rows of all addresses, of which an IPv6 network is one', async () => {
    const { rows, batches, call } = fixture();
    for (let n = 0; n < 100; n += 1) await call(`2001:db8::${n.toString(16)}`);
    expect(batches.flat()).toHaveLength(ROWS_OF_ADDRESS);
    for (let n = 0; n < 1000; n += 1) await call(`198.51.${n >> 8}.${n & 255}`);
    expect(batches.flat()).toHaveLength(ROWS_OF_ALL);
    await rows.writeSuppressed();
    const { addresses } = batches.at(-1)![0]!.metadata as { addresses: string[] };
    expect(addresses).toHaveLength(20);
  });

  it('has room again in the next minute', async () => {
    const { batches, state, call } = fixture();
    for (const minute of [0, 1, 2]) {
      state.now = minute * 60_000;
      for (let n = 0; n < 70; n += 1) await call('192.0.2.1');
    }
    expect(batches.flat()).toHaveLength(3 * ROWS_OF_ADDRESS);
  });

  it('writes what waits in one transaction, and tells each caller of its failure', async () => {
    const { rows, batches, state, call } = fixture();
    await Promise.all(Array.from({ length: 40 }, async () => call('192.0.2.1')));
    expect(batches.map(({ length }) => length)).toEqual([1, 39]);
    state.failure = new Error('full');
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, async () => call('192.0.2.1')));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(20);
    await expect(rows.writeSuppressed()).rejects.toThrow('full');
    state.failure = undefined;
    await rows.writeSuppressed();
    expect(batches.at(-1)).toMatchObject([{ metadata: { suppressed: 10 } }]);
  });
});
