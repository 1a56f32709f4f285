import { describe, expect, it } from 'vitest';
import { MemoryBus } from '../../src/events/store/bus/memory.bus.js';
import { busContract } from './bus.contract.js';

describe(MemoryBus.name, () => {
  busContract(async () => {
    const bus = new MemoryBus(1000, 'one');
    return { bus, publish: async (lines) => bus.publish(lines), drop: async () => undefined };
  });

  it('drops the oldest events when it is full, and counts them', async () => {
    const bus = new MemoryBus(100, 'one');
    await bus.register('a');
    for (let n = 0; n < 30; n += 1) bus.publish(Array.from({ length: 10 }, (_, at) => `{"n":${n * 10 + at}}`));
    const lines = (await bus.claim('a', 100)).flatMap((batch) => batch.lines);
    expect([lines.length, lines[0], lines.at(-1), bus.dropped]).toEqual([100, '{"n":200}', '{"n":299}', 200]);
  });

  it('keeps dead events within its capacity', async () => {
    const bus = new MemoryBus(2, 'one');
    for (const eventId of ['a', 'b', 'c']) await bus.bury('s', [{ eventId, line: '', reason: '', tries: 1 }]);
    expect(bus.dead.map(({ eventId }) => eventId)).toEqual(['b', 'c']);
  });
});
