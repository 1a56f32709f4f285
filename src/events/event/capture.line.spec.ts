import { describe, expect, it } from 'vitest';
import { bodyTexts, CAPTURED_MEMBER, hasBodies, withBodies, withoutBodies } from './capture.line.js';

const LINE = `{"id":"a:request","model":"${CAPTURED_MEMBER.replaceAll('"', '\\"')}"}`;
const MARKED = `{"id":"a:request"${CAPTURED_MEMBER}}`;

describe(bodyTexts.name, () => {
  const read = (bytes: Buffer, truncated = false): unknown =>
    JSON.parse(bodyTexts({ response: { headers: { a: 'b' }, bytes, truncated } }).response!);

  it('has text as text, anything else as base64', () => {
    expect(read(Buffer.from('{"ä":"\n"}'))).toEqual({ headers: { a: 'b' }, body: '{"ä":"\n"}' });
    expect(read(Buffer.from([0xff, 0]))).toEqual({ headers: { a: 'b' }, body_base64: '/wA=' });
  });

  it('leaves out a character that the bound has cut', () => {
    const cut = Buffer.from('aé').subarray(0, 2);
    expect(read(cut, true)).toEqual({ headers: { a: 'b' }, body: 'a', truncated: true });
    expect(read(cut)).toMatchObject({ body_base64: 'YcM=' });
  });

  it('has nothing for what was not captured', () => {
    expect(bodyTexts({})).toEqual({});
  });
});

describe(withBodies.name, () => {
  it('puts bodies into the line of an event, and withoutBodies takes them out', () => {
    const joined = withBodies(MARKED, { request: '{"body":"{\\"request\\":1}"}', response: undefined });
    expect(JSON.parse(joined)).toEqual({ id: 'a:request', captured: true, request: { body: '{"request":1}' } });
    expect(withoutBodies(joined)).toBe(MARKED);
    expect(withoutBodies(LINE)).toBe(LINE);
  });

  it('takes no text of a client for the mark of bodies', () => {
    expect([hasBodies(LINE), hasBodies(MARKED)]).toEqual([false, true]);
  });
});
