import { EventEmitter2 } from '@nestjs/event-emitter';
import { describe, expect, it, vi } from 'vitest';
import type { AppConfig } from '../config/app.config.js';
import type { Freshness } from '../replicas/freshness.js';
import type { ReplicaRegistry } from '../replicas/replica.registry.js';
import { until } from '../../test/support/app.js';
import type { Change } from './change.js';
import { ChangeFeed } from './change.feed.js';
import { NoPush } from './change.push.js';
import type { ChangeReader, ChangesRead } from './change.reader.js';
import type { Position } from './revision.counter.js';
import { Invalidated } from './invalidated.js';

const invalidated = (id: string) => new Invalidated({ tokens: new Set([id]) });
const change = (id: string, position: Position) => ({ position, invalidated: invalidated(id) }) as Change;

function setUp() {
  const since = vi
    .fn<ChangeReader['since']>()
    .mockResolvedValue({ position: { value: 0, changedAt: 0 }, invalidated: undefined, named: [] });
  const events = new EventEmitter2();
  const heard: string[] = [];
  events.on(Invalidated.topic, ({ tokens }: Invalidated) => heard.push(...tokens));
  const feed = new ChangeFeed(
    { since } as unknown as ChangeReader,
    { confirm: vi.fn<ReplicaRegistry['confirm']>(), leave: async () => undefined } as unknown as ReplicaRegistry,
    { compared: vi.fn<Freshness['compared']>(), failed: vi.fn<Freshness['failed']>() } as unknown as Freshness,
    new NoPush(),
    events,
    { database: { driver: 'postgres', poolSize: 10 } } as AppConfig,
  );
  feed.onApplicationBootstrap();
  const read = async (changes: Omit<ChangesRead, 'named'>) => {
    const result = { ...changes, named: [] };
    since.mockResolvedValue(result);
    feed.look();
    await until('the reading', () => feed['position'] === result.position);
  };
  return { feed, since, heard, read };
}

describe(ChangeFeed.name, () => {
  it('emits a change that was read before its commit returned once', async () => {
    const { feed, heard, read } = setUp();
    const position = { value: 5, changedAt: 50 };
    await read({ position, invalidated: invalidated('a') });
    feed.apply(change('a', position));
    expect(heard).toEqual(['a']);
    await feed.close();
  });

  it('emits a change after a restored backup, though its revision was read before', async () => {
    const { feed, heard, read } = setUp();
    await read({ position: { value: 5, changedAt: 50 }, invalidated: undefined });
    feed.apply(change('a', { value: 3, changedAt: 70 }));
    expect(heard).toEqual(['a']);
    await feed.close();
  });

  it('tells the reader which changes were emitted, until it has read them', async () => {
    const { feed, since, read } = setUp();
    await read({ position: { value: 4, changedAt: 40 }, invalidated: undefined });
    const applied: number[][] = [];
    since.mockImplementation(async (known, emitted) => {
      applied.push([...emitted.keys()]);
      return { position: known!, invalidated: undefined, named: [] };
    });
    feed.apply(change('a', { value: 5, changedAt: 50 }));
    await until('another reading', () => applied.length > 0);
    expect(applied.at(-1)).toEqual([5]);
    await read({ position: { value: 5, changedAt: 50 }, invalidated: undefined });
    expect(feed['applied'].size).toBe(0);
    await feed.close();
  });
});
