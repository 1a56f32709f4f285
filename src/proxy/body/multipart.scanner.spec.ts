import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBytes } from '../../../test/support/split.bytes.js';
import { type FieldValue, OPAQUE } from './field.value.js';
import { MultipartScanner } from './multipart.scanner.js';

interface Read {
  problem: string | undefined;
  fields: [string, FieldValue][];
}

function read(pieces: readonly Uint8Array[], boundary = 'b0'): Read {
  const fields: [string, FieldValue][] = [];
  const scan = new MultipartScanner(boundary, { key: () => true, value: (name, value) => fields.push([name, value]) });
  for (const piece of pieces) scan.push(piece);
  scan.end();
  return { problem: scan.problem, fields };
}

describe(MultipartScanner.name, () => {
  it('reads what FormData wrote, split anywhere', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((value) => value.replace(/\r|\n/g, ''));
    const field = fc.tuple(fc.stringMatching(/^[a-z_[\]]{1,8}$/), fc.oneof(text, fc.uint8Array({ maxLength: 200 })));
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (fields, cuts) => {
          const form = new FormData();
          for (const [name, value] of fields)
            form.append(name, typeof value === 'string' ? value : new Blob([new Uint8Array(value)]));
          const request = new Request('http://a', { method: 'POST', body: form });
          const boundary = /boundary=(.*)$/.exec(request.headers.get('content-type')!)![1]!;
          const pieces = splitBytes(Buffer.from(await request.arrayBuffer()), cuts);
          expect(read(pieces, boundary)).toEqual({
            problem: undefined,
            fields: fields.map(([name, value]) => [name, typeof value === 'string' ? value : OPAQUE]),
          });
        },
      ),
    );
  });

  it('buffers a few kilobytes, however large a part is', () => {
    const scan = new MultipartScanner('b0', { key: () => true, value: () => undefined });
    scan.push(Buffer.from('--b0\r\nContent-Disposition: form-data; name="x"\r\n\r\n'));
    const piece = Buffer.alloc(64 * 1024, 'a');
    for (let i = 0; i < 100; i += 1) {
      scan.push(piece);
      expect(scan.bufferedBytes).toBeLessThan(8 * 1024);
    }
    scan.push(Buffer.from('\r\n--b0--'));
    scan.end();
    expect(scan.problem).toBeUndefined();
  });

  it.each([
    '',
    '--b0',
    '--b0--x',
    '--b0\r\n',
    '--b1--',
    '--b0\r\n\r\n\r\n--b0--',
    `--b0\r\n${'X: y\r\n'.repeat(2000)}`,
  ])('refuses %j', (body) => expect(read([Buffer.from(body)]).problem).toBeTruthy());

  it('accepts a form without parts', () =>
    expect(read([Buffer.from('--b0--\r\n')])).toEqual({ problem: undefined, fields: [] }));
});
