import { describe, expect, it } from 'vitest';
import { LineBuffer, linesOf } from './line.buffer.js';

describe(LineBuffer.name, () => {
  it('returns the lines, of any text and size, and is empty afterwards', () => {
    const buffer = new LineBuffer();
    const lines = ['a', 'ü€😀'.repeat(3), 'x'.repeat(200_000), '€'.repeat(50_000), 'b'];
    for (const line of lines) buffer.add(`${line}\n`);
    expect(linesOf(buffer.take())).toEqual([...lines, '']);
    expect(linesOf(buffer.take())).toEqual(['']);
  });

  it('gives each batch memory of its own', () => {
    const buffer = new LineBuffer();
    buffer.add('one\n');
    const first = buffer.take();
    buffer.add('two\n');
    expect(linesOf(first)).toEqual(['one', '']);
    expect(first.byteLength).toBe(first.buffer.byteLength);
  });
});
