import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStream } from './event.stream.js';

/** WHATWG HTML §9.2.6: an event ends with an empty line; a line with CRLF, LF or CR. */
const endsWithAnEmptyLine = (text: string): boolean => {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.length > 1 && lines.at(-1) === '' && lines.at(-2) === '';
};

describe(EventStream.name, () => {
  it('stands between two events after an empty line of any line ends and nowhere else, however the bytes are split', () => {
    const pieces = fc.array(fc.constantFrom('data: x', '\n', '\r\n', '\r', 'é', '\n\n', '\r\n\r\n', ': ping'), {
      minLength: 1,
    });
    fc.assert(
      fc.property(pieces, fc.array(fc.integer({ min: 1, max: 9 })), (texts, cuts) => {
        const bytes = Buffer.from(texts.join(''));
        const stream = new EventStream({} as ServerResponse);
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const next = Math.min(bytes.length, at + (cuts[i] ?? bytes.length));
          stream.sent(bytes.subarray(at, next));
          at = next;
          expect(stream.isBetweenEvents).toBe(endsWithAnEmptyLine(bytes.subarray(0, at).toString('latin1')));
        }
      }),
    );
  });

  it('stands between two events before the first', () => {
    expect(new EventStream({} as ServerResponse).isBetweenEvents).toBe(true);
  });
});
