import type { Repository } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test/support/until.js';
import type { Actor } from '../common/values/actor.js';
import type { TokenHasher } from '../crypto/token.hasher.js';
import type { Freshness } from '../replicas/freshness.js';
import { OperatorDirectory } from './operator.directory.js';
import type { OperatorEntity } from './operator.entity.js';

const EVERYTHING = [new Set<string>(), true] as const;
const only = (id: string) => [new Set([id]), false] as const;
/** A reading takes fewer microtasks after the response of the database. */
const MOMENTS = Array.from({ length: 12 }, (_, ticks) => ticks);
const afterTicks = (ticks: number, act: () => void): void =>
  ticks === 0 ? act() : queueMicrotask(() => afterTicks(ticks - 1, act));

describe(OperatorDirectory.name, () => {
  let rows: Partial<OperatorEntity>[];
  let fault: Error | undefined;
  /** What happens while the database answers. */
  let meanwhile: () => void;
  let counts: { all: number; one: number };
  let updates: object[];
  let nowMs: number;
  let isCurrent: boolean;
  let directory: OperatorDirectory;

  const row = (id: string, fields: Partial<OperatorEntity> = {}): Partial<OperatorEntity> => ({
    id,
    name: `name of ${id}`,
    role: 'viewer',
    projects: null,
    secretHash: `new:${id}`,
    isActive: true,
    expiresAt: null,
    lastUsedAt: null,
    ...fields,
  });

  async function answered<T>(result: () => T): Promise<T> {
    if (fault) throw fault;
    const value = result();
    meanwhile();
    return Promise.resolve(value);
  }

  beforeEach(async () => {
    [rows, fault, counts, updates, nowMs, isCurrent] = [[row('a')], undefined, { all: 0, one: 0 }, [], 1000, true];
    meanwhile = () => undefined;
    const repository = {
      findBy: async () => {
        counts.all += 1;
        return answered(() => rows.filter(({ isActive }) => isActive));
      },
      findOneBy: async ({ secretHash }: { secretHash: { value: string[] } }) => {
        counts.one += 1;
        return answered(() => rows.find((one) => one.isActive && secretHash.value.includes(one.secretHash!)) ?? null);
      },
      update: async (where: object, columns: object) => answered(() => updates.push({ ...where, ...columns })),
    };
    const freshness = {
      get isCurrent() {
        return isCurrent;
      },
    };
    directory = new OperatorDirectory(
      repository as unknown as Repository<OperatorEntity>,
      {
        hash: (secret: string) => `new:${secret}`,
        candidates: (secret: string) => [`new:${secret}`, `old:${secret}`],
      } as unknown as TokenHasher,
      freshness as Freshness,
      { now: () => nowMs },
    );
    expect(await directory.find('a')).toMatchObject({ id: 'a' });
  });

  it('asks the database once for all operators, and never for a known or an unknown one', async () => {
    for (let i = 0; i < 10; i += 1) {
      expect(await directory.find('a')).toMatchObject({ kind: 'operator', id: 'a', projects: undefined });
      expect(await directory.find('b')).toBeUndefined();
    }
    expect(counts).toEqual({ all: 1, one: 0 });
  });

  it('reads all again after an invalidation, once for all calls that wait for it', async () => {
    rows = [row('b', { projects: ['p'] })];
    directory.invalidate(...only('a'));
    const found = await Promise.all(['a', 'b', 'a'].map(async (secret) => directory.find(secret)));
    expect(found).toEqual([undefined, expect.objectContaining({ projects: new Set(['p']) }), undefined]);
    expect(counts).toEqual({ all: 2, one: 0 });
  });

  it('does not believe what it read before an invalidation', async () => {
    meanwhile = () => {
      meanwhile = () => undefined;
      rows = [];
      directory.invalidate(...only('a'));
    };
    directory.invalidate(...only('a'));
    expect(await directory.find('a')).toBeUndefined();
  });

  it.each(MOMENTS)(
    'answers nothing that it read before an invalidation %i microtasks after a response',
    async (ticks) => {
      let late: Promise<Actor | undefined> | undefined;
      meanwhile = () => {
        meanwhile = () => undefined;
        afterTicks(ticks, () => {
          rows = [];
          directory.invalidate(...EVERYTHING);
          late = directory.find('a');
        });
      };
      directory.invalidate(...EVERYTHING);
      await until('the invalidation', () => late !== undefined);
      expect(await late).toBeUndefined();
    },
  );

  it.each(MOMENTS)('reads again without a call after an invalidation %i microtasks after a response', async (ticks) => {
    const a = (await directory.find('a'))!;
    meanwhile = () => {
      meanwhile = () => undefined;
      afterTicks(ticks, () => {
        rows = [];
        directory.invalidate(...EVERYTHING);
      });
    };
    directory.invalidate(...EVERYTHING);
    await until('the end of its access', () => !directory.isCurrent(a));
    expect(counts.all).toBeGreaterThan(1);
  });

  it('does not believe a single row that it read before an invalidation either', async () => {
    rows = [row('a'), row('b')];
    meanwhile = () => {
      meanwhile = () => undefined;
      rows = [row('a')];
      directory.invalidate(...only('b'));
    };
    expect(await directory.read('b')).toBeUndefined();
    expect(counts.one).toBe(2);
  });

  it('is closed to an operator that changed while the database is away', async () => {
    fault = new Error('away');
    directory.invalidate(...only('a'));
    await expect(directory.find('a')).rejects.toThrow('away');
    fault = undefined;
    expect(await directory.find('a')).toMatchObject({ id: 'a' });
    expect((await directory.read('b')) === undefined).toBe(true);
  });

  it('knows who is still what it was', async () => {
    rows = [row('a'), row('b', { expiresAt: 2000 })];
    directory.invalidate(...EVERYTHING);
    const [a, b] = [(await directory.find('a'))!, (await directory.find('b'))!];
    expect([directory.isCurrent(a), directory.isCurrent(b)]).toEqual([true, true]);
    rows = [row('a', { secretHash: 'old:a', lastUsedAt: 1500 }), row('b', { expiresAt: 2000 })];
    directory.invalidate(...EVERYTHING);
    await directory.find('a');
    expect([directory.isCurrent(a), directory.isCurrent(b)]).toEqual([true, true]);
    nowMs = 2000;
    expect([directory.isCurrent(a), directory.isCurrent(b)]).toEqual([true, false]);
    expect(await directory.find('b')).toBeUndefined();
    rows = [row('a', { role: 'admin' })];
    directory.invalidate(...only('a'));
    expect(directory.isCurrent(a)).toBe(false);
    expect(await directory.find('a')).toMatchObject({ role: 'admin' });
  });

  it('forgets everybody when any may have changed and the database is away', async () => {
    const a = (await directory.find('a'))!;
    fault = new Error('away');
    directory.invalidate(...EVERYTHING);
    await expect(directory.find('a')).rejects.toThrow('away');
    expect(directory.isCurrent(a)).toBe(false);
  });

  it('reads the operator of each call while changes cannot be followed', async () => {
    isCurrent = false;
    expect(await directory.find('a')).toMatchObject({ id: 'a' });
    rows = [];
    expect(await directory.find('a')).toBeUndefined();
    expect(await directory.find('b')).toBeUndefined();
    expect(counts).toEqual({ all: 1, one: 2 });
  });

  it('writes a use once a minute, and the hash of the current key', async () => {
    expect(updates).toEqual([{ id: 'a', secretHash: 'new:a', lastUsedAt: 1000 }]);
    await directory.find('a');
    nowMs += 60_000;
    await directory.find('a');
    expect(updates).toHaveLength(2);
    rows = [row('b', { secretHash: 'old:b', lastUsedAt: nowMs })];
    directory.invalidate(...EVERYTHING);
    for (const _ of [1, 2, 3]) expect(await directory.find('b')).toMatchObject({ id: 'b' });
    expect(updates.slice(2)).toEqual([{ id: 'b', secretHash: 'new:b', lastUsedAt: nowMs }]);
  });
});
