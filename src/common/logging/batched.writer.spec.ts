import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BatchedWriter } from './batched.writer.js';

describe(BatchedWriter.name, () => {
  const written: Buffer[] = [];
  const calls: string[] = [];
  const sink = {
    write: (bytes: Buffer) => {
      calls.push('write');
      written.push(bytes);
    },
    flush: (done: () => void) => {
      calls.push('flush');
      done();
    },
    flushSync: () => void calls.push('flushSync'),
  };
  const text = (): string => Buffer.concat(written).toString();

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    written.length = calls.length = 0;
  });

  it('hands lines on together after a tenth of a second', () => {
    const batch = new BatchedWriter(sink);
    batch.write('one\n');
    batch.write('zwei: ü€😀\n');
    expect(written).toEqual([]);
    vi.advanceTimersByTime(100);
    expect([written.length, text()]).toEqual([1, 'one\nzwei: ü€😀\n']);
    batch.write('three\n');
    vi.advanceTimersByTime(100);
    expect(text()).toBe('one\nzwei: ü€😀\nthree\n');
  });

  it('keeps the order of lines of any length', () => {
    const batch = new BatchedWriter(sink);
    const lines = [10, 20_000, 5000, 5000, 40_000, 1, 11_000].map((length, n) => `${String(n).repeat(length)}\n`);
    for (const line of lines) batch.write(line);
    batch.flush();
    expect(text()).toBe(lines.join(''));
  });

  it('holds for what a sink keeps at most twice its length', () => {
    const batch = new BatchedWriter(sink);
    for (const lines of [1, 100, 200]) {
      for (let line = 0; line < lines; line += 1) batch.write('x'.repeat(100));
      batch.flush();
    }
    expect(written.map(({ length }) => length)).toEqual([100, 10_000, 20_000]);
    for (const { length, buffer } of written) expect(buffer.byteLength).toBeLessThanOrEqual(length * 2);
  });

  it('has nothing left when it was flushed, in a turn or at once', () => {
    const batch = new BatchedWriter(sink);
    const done = vi.fn<() => void>();
    batch.write('one\n');
    batch.flush(done);
    batch.write('two\n');
    batch.flushSync();
    expect(done).toHaveBeenCalledOnce();
    expect([text(), calls]).toEqual(['one\ntwo\n', ['write', 'flush', 'write', 'flushSync']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on after a sink that threw', () => {
    const write = vi.fn<(bytes: Buffer) => void>().mockImplementationOnce(() => {
      throw new Error('full');
    });
    const batch = new BatchedWriter({ write });
    batch.write('lost\n');
    expect(() => vi.advanceTimersByTime(100)).toThrow('full');
    batch.write('kept\n');
    vi.advanceTimersByTime(100);
    expect(String(write.mock.lastCall![0])).toBe('kept\n');
  });
});
