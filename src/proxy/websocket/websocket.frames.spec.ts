import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeFrame, FrameTracker } from './websocket.frames.js';

/** A frame of `length` payload bytes (RFC 6455 §5.2). */
function frame(opcode: number, length: number, isMasked: boolean): Buffer {
  const extended = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (extended.length === 2) extended.writeUInt16BE(length);
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length));
  const short = { 0: length, 2: 126, 8: 127 }[extended.length]!;
  const head = Buffer.from([0x80 | opcode, (isMasked ? 0x80 : 0) | short]);
  return Buffer.concat([head, extended, Buffer.alloc(isMasked ? 4 : 0, 0x88), Buffer.alloc(length, 0x88)]);
}

const frames = fc.array(
  fc.record({
    opcode: fc.constantFrom(0, 1, 2, 9, 10),
    length: fc.oneof(fc.nat(300), fc.constantFrom(0, 125, 126, 65_535, 65_536, 70_000)),
    isMasked: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

describe(FrameTracker.name, () => {
  it('is at a boundary after a whole frame and nowhere else, however the bytes are split', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(1000), { maxLength: 30 }), (contents, cuts) => {
        const all = contents.map(({ opcode, length, isMasked }) => frame(opcode, length, isMasked));
        const ends = new Set<number>();
        for (let at = 0, i = 0; i < all.length; i += 1) ends.add((at += all[i]!.length));
        const bytes = Buffer.concat(all);
        const tracker = new FrameTracker();
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const next = Math.min(bytes.length, at + 1 + (cuts[i] ?? bytes.length));
          tracker.pass(bytes.subarray(at, next));
          expect(tracker.isAtBoundary).toBe(ends.has(next));
          at = next;
        }
        expect(tracker.closed).toBe(false);
      }),
    );
  });

  it('stops at the end of the frame that is on its way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70_000 }), fc.nat(), (length, seed) => {
        const first = frame(2, length, false);
        const split = 1 + (seed % (first.length - 1));
        const tracker = new FrameTracker();
        tracker.pass(first.subarray(0, split));
        const rest = Buffer.concat([first.subarray(split), frame(1, 10, false)]);
        expect(tracker.passToBoundary(rest)).toBe(first.length - split);
        expect(tracker.isAtBoundary).toBe(true);
      }),
    );
  });

  it('says that the whole passed when the frame does not end in it', () => {
    const tracker = new FrameTracker();
    const bytes = frame(2, 1000, false);
    tracker.pass(bytes.subarray(0, 1));
    expect(tracker.passToBoundary(bytes.subarray(1, 500))).toBe(499);
    expect(tracker.isAtBoundary).toBe(false);
  });

  it('notices a close frame', () => {
    const tracker = new FrameTracker();
    tracker.pass(Buffer.concat([frame(1, 5, false), closeFrame(1000, 'bye')]));
    expect([tracker.closed, tracker.isAtBoundary]).toEqual([true, true]);
  });
});

describe(closeFrame.name, () => {
  it('is a short, final, unmasked frame of a code and a reason', () => {
    expect(closeFrame(1008, 'no')).toEqual(Buffer.from([0x88, 4, 0x03, 0xf0, 0x6e, 0x6f]));
    expect(closeFrame(1001, 'x'.repeat(500))).toHaveLength(127);
  });
});
