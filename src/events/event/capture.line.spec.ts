import { describe, expect, it } from 'vitest';
import { captureMembers } from './capture.line.js';

describe(captureMembers.name, () => {
  const read = (bytes: Buffer, truncated = false): unknown =>
    (
      JSON.parse(`{"x":1${captureMembers({ response: { headers: { a: 'b' }, bytes, truncated } })}}`) as {
        response: unknown;
      }
    ).response;

  it('has text as text, anything else as base64', () => {
    expect(read(Buffer.from('{"ä":"\n"}'))).toEqual({ headers: { a: 'b' }, body: '{"ä":"\n"}' });
    expect(read(Buffer.from([0xff, 0]))).toEqual({ headers: { a: 'b' }, body_base64: '/wA=' });
  });

  it('leaves out a character that the bound has cut', () => {
    const cut = Buffer.from('aé').subarray(0, 2);
    expect(read(cut, true)).toEqual({ headers: { a: 'b' }, body: 'a', truncated: true });
    expect(read(cut)).toMatchObject({ body_base64: 'YcM=' });
  });

  it('has no member for what was not captured', () => {
    expect(captureMembers({})).toBe('');
  });
});
