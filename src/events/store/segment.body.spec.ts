import { describe, expect, it } from 'vitest';
import { cutSegments, MAX_BYTES, uuidOf } from './segment.body.js';

const lineAt = (at: string, text = ''): string =>
  `{"v":1,"id":"u-1:request","kind":"request","at":"${at}","path":"${text}"}`;

describe(cutSegments.name, () => {
  it('makes rows of at most 128 lines, in order', () => {
    const lines = Array.from({ length: 130 }, (_, n) => lineAt('2026-11-28T10:00:00.000Z', String(n)));
    const bodies = cutSegments(lines, 0);
    expect(bodies.map((body) => body.lines.length)).toEqual([128, 2]);
    expect(bodies.flatMap((body) => body.lines)).toEqual(lines);
    expect(cutSegments([], 0)).toEqual([]);
  });

  it('makes rows of at most 256 KiB, unless one line is longer', () => {
    const long = lineAt('2026-11-28T10:00:00.000Z', 'ä'.repeat(MAX_BYTES / 4));
    const huge = lineAt('2026-11-28T10:00:00.000Z', 'x'.repeat(MAX_BYTES));
    const bodies = cutSegments([long, long, huge, long], 0);
    expect(bodies.map((body) => body.lines.length)).toEqual([1, 1, 1, 1]);
    expect(bodies[0]!.bytes).toBe(Buffer.byteLength(long) + 1);
  });

  it('knows the earliest and the latest start', () => {
    const times = ['2026-11-28T10:00:01.000Z', '2026-11-28T09:59:59.000Z', '2026-11-28T10:00:00.000Z'];
    const [body] = cutSegments(
      times.map((at) => lineAt(at)),
      0,
    );
    expect([body!.minAt, body!.maxAt]).toEqual([Date.parse(times[1]!), Date.parse(times[0]!)]);
    expect(cutSegments(['{}'], 5)[0]).toMatchObject({ minAt: 5, maxAt: 5 });
  });
});

describe(uuidOf.name, () => {
  it('is the id of an event without its kind', () => {
    expect([uuidOf(lineAt('')), uuidOf('{}')]).toEqual(['u-1', '']);
  });
});
