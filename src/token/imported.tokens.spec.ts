import { Logger } from '@nestjs/common';
import type { EntityManager, Repository } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DatabaseCheck, DatabaseBootstrap } from '../database/database.bootstrap.js';
import { Invalidated } from '../changes/invalidated.js';
import { ImportedTokens } from './imported.tokens.js';
import type { TokenEntity } from './token.entity.js';

const EVERYTHING = new Invalidated({ everything: true });
const AN_EDIT = new Invalidated({ tokens: new Set(['one']) });

describe(ImportedTokens.name, () => {
  const look = vi.fn<() => Promise<boolean>>();
  let opened: () => Promise<void>;
  let imported: ImportedTokens;

  beforeEach(() => {
    vi.useFakeTimers();
    Logger.overrideLogger(false);
    look.mockReset();
    const manager = { existsBy: look } as unknown as EntityManager;
    const addCheck = (check: DatabaseCheck) => (opened = () => check(manager));
    imported = new ImportedTokens({ addCheck } as unknown as DatabaseBootstrap, { manager } as Repository<TokenEntity>);
    imported.onModuleInit();
  });
  afterEach(() => {
    imported.close();
    vi.useRealTimers();
  });

  it('may exist until the database has none', async () => {
    expect(imported.mayExist).toBe(true);
    look.mockResolvedValue(false);
    await opened();
    expect(imported.mayExist).toBe(false);
  });

  it('are not looked for again because of an edit, nor once there are some', async () => {
    look.mockResolvedValue(true);
    await opened();
    await imported.onInvalidated(AN_EDIT);
    await imported.onInvalidated(EVERYTHING);
    expect(imported.mayExist).toBe(true);
    expect(look).toHaveBeenCalledTimes(1);
  });

  it('may exist again after an import, and are looked for until that succeeds', async () => {
    look.mockResolvedValue(false);
    await opened();
    look.mockRejectedValue(new Error('away'));
    await imported.onInvalidated(EVERYTHING);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(imported.mayExist).toBe(true);
    look.mockResolvedValue(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(imported.mayExist).toBe(false);
    const asked = look.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(asked);
  });

  it('may exist when the result is older than the import', async () => {
    look.mockResolvedValue(false);
    await opened();
    let answer!: (found: boolean) => void;
    look.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const earlier = imported.onInvalidated(EVERYTHING);
    look.mockRejectedValueOnce(new Error('away'));
    await imported.onInvalidated(EVERYTHING);
    answer(false);
    await earlier;
    expect(imported.mayExist).toBe(true);
  });
});
