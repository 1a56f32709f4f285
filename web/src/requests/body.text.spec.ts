import { describe, expect, it } from 'vitest';
import { bodyText } from './body.text';

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;
const gzipped = (text: string): Promise<ArrayBuffer> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();

describe('the text of a body', () => {
  it('is JSON, indented', async () => {
    expect(await bodyText(bytes('{"a":1}'))).toEqual({ text: '{\n  "a": 1\n}', isCut: false });
  });

  it('is unpacked', async () => {
    expect(await bodyText(await gzipped('data: [DONE]'), 'gzip')).toEqual({ text: 'data: [DONE]', isCut: false });
  });

  it('may end within a character', async () => {
    expect((await bodyText(bytes('für').slice(0, 2)))?.text).toBe('f');
  });

  it('is cut when it is long', async () => {
    expect(await bodyText(bytes('x'.repeat(200_001)))).toMatchObject({ isCut: true });
  });

  it.each([
    ['bytes', new Uint8Array([0xff, 0xfe, 0x00]).buffer, undefined],
    ['a coding that browsers do not have', bytes('x'), 'br'],
    ['what is not compressed as it says', bytes('x'), 'gzip'],
  ])('is none of %s', async (_what, body, coding) => {
    expect(await bodyText(body, coding)).toBeUndefined();
  });
});
