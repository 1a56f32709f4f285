import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askingForUsage } from './usage.request.js';

const asking = (text: string): string | undefined => askingForUsage(Buffer.from(text))?.toString();

describe(askingForUsage.name, () => {
  it.each([
    ['{"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
    [' {\n "model": "a",\n "stream": true\n}\n', ' {"stream_options":{"include_usage":true},\n "model": "a",\n "stream": true\n}\n'], // prettier-ignore
    ['{"stream":true,"stream_options":{}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    ['{"stream":true,"stream_options": { } }', '{"stream":true,"stream_options": {"include_usage":true } }'],
    ['{"stream_options":null,"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
    [
      '{"stream_options":{"include_obfuscation":false},"stream":true}',
      '{"stream_options":{"include_usage":true,"include_obfuscation":false},"stream":true}',
    ],
    [
      '{"messages":[{"content":"☕ \\"stream\\":false} {"}],"stream":true}',
      '{"stream_options":{"include_usage":true},"messages":[{"content":"☕ \\"stream\\":false} {"}],"stream":true}',
    ],
  ])('%s', (text, expected) => expect(asking(text)).toBe(expected));

  it.each([
    '',
    '{',
    '{}',
    '[]',
    'stream',
    '"stream"',
    '{"stream":false}',
    '{"stream":null}',
    '{"stream":"true"}',
    '{"model":"a","messages":[{"stream":true}]}',
    '{"stream":true,"stream_options":{"include_usage":true}}',
    '{"stream":true,"stream_options":{"include_usage":false}}',
    '{"stream":true,"stream_options":[]}',
    '{"stream":true,"stream_options":"x"}',
    '{"stream":true,"stream_options":{"Include_Usage":true}}',
    '{"stream":true,"stream":true}',
    '{"stream":true,"Stream":false}',
    '{"stream":true,"stream_options":{},"stream_options":{"include_usage":true}}',
    '{"stream":true,"stream\\u005foptions":{"include_usage":true}}',
    '{"stream":true',
    '{"stream":true,"a":"b',
    '{"stream":true,"a":{"b":1}',
    '{"stream":true,"a"}',
    '{"stream":true} x',
    '{"stream":true,"a":1]',
    '\uFEFF{"stream":true}',
  ])('leaves %s', (text) => expect(asking(text)).toBeUndefined());

  it('changes no other member, whatever the body', () => {
    const members = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { noNullPrototype: false });
    const isPlain = (body: object): boolean =>
      Object.keys(body).every((key) => !/stream/i.test(key) && !JSON.stringify(key).includes('\\'));
    fc.assert(
      fc.property(
        members.filter(isPlain),
        members,
        fc.boolean(),
        fc.constantFrom(0, 2),
        (body, more, first, indent) => {
          const given = JSON.stringify(
            first ? { stream: true, ...body, more } : { ...body, more, stream: true },
            null,
            indent,
          );
          const changed = JSON.parse(asking(given)!) as object;
          expect(changed).toEqual({ ...(JSON.parse(given) as object), stream_options: { include_usage: true } });
        },
      ),
      { numRuns: 500 },
    );
  });
});
