import { describe, expect, it } from 'vitest';
import type { Demand } from './counter.js';
import { MemoryCounter } from './memory.counter.js';
import type { ReplicaRegistry } from '../replicas/replica.registry.js';

const demand = (max: number): Demand => ({
  windows: [{ scope: 'token', id: 'a', max, lengthMs: 60_000 }],
  slots: [],
});
const running = (max: number): Demand => ({ windows: [], slots: [{ scope: 'token', id: 'a', max }] });

function grants(counter: MemoryCounter, asked: Demand, times = 100): number {
  let count = 0;
  for (let i = 0; i < times; i += 1)
    try {
      counter.take(asked);
      count += 1;
    } catch {}
  return count;
}

describe(MemoryCounter.name, () => {
  it.each([
    [10, 1, 10],
    [10, 3, 3],
    [10, 10, 1],
    [2, 5, 1],
  ])('grants of %i, among %i replicas, %i', (max, liveServers, share) => {
    expect(grants(new MemoryCounter({ liveServers } as ReplicaRegistry), demand(max))).toBe(share);
    expect(grants(new MemoryCounter({ liveServers } as ReplicaRegistry), running(max))).toBe(share);
  });

  it('follows the number of replicas', () => {
    const peers = { liveServers: 4 };
    const counter = new MemoryCounter(peers as ReplicaRegistry);
    expect(grants(counter, demand(8))).toBe(2);
    peers.liveServers = 2;
    expect(grants(counter, demand(8))).toBe(2);
    peers.liveServers = 8;
    expect(grants(counter, demand(8))).toBe(0);
  });

  it('counts as running what another counter admitted', () => {
    const counter = new MemoryCounter({ liveServers: 1 } as ReplicaRegistry);
    counter.occupy(running(3).slots);
    expect(grants(counter, running(3))).toBe(2);
    counter.free(running(3).slots);
    expect(grants(counter, running(3))).toBe(1);
  });
});
