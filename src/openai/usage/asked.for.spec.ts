import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedFor } from './asked.for.js';

const form = (fields: readonly (readonly [string, string])[]): string =>
  `${fields.map(([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--x--\r\n`;

describe(askedFor.name, () => {
  it.each([
    ['{"model":"gpt-x","stream":true}', { model: 'gpt-x', stream: true }],
    ['{"messages":[{"model":"no","content":"\\"model\\":\\"no\\""}],"model":"gpt-x"}', { model: 'gpt-x' }],
    ['{ "stream": false, "model" : "größer" }', { model: 'größer', stream: false }],
    ['{"tools":[{"model":"no"}]}', undefined],
    ['{"model":7}', undefined],
    ['{"input":"x"}', undefined],
    ['{"model":"a', undefined],
    ['[1]', undefined],
    ['', undefined],
    [form([['file', 'x'], ['model', 'whisper-1']]), { model: 'whisper-1' }], // prettier-ignore
    [form([['file', 'x']]), undefined],
  ])('of %j is %j', (body, asked) => expect(askedFor(Buffer.from(body))).toEqual(asked));

  it('looks into the first 4 KiB only', () => {
    const far = JSON.stringify({ input: 'x'.repeat(5000), model: 'gpt-x' });
    expect(askedFor(Buffer.from(far))).toBeUndefined();
    expect(askedFor(Buffer.from(JSON.stringify({ model: 'gpt-x', input: 'x'.repeat(5000) })))).toEqual({
      model: 'gpt-x',
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('{', '--', '{"model":'), (bytes, start) => {
        askedFor(Buffer.concat([Buffer.from(start), bytes]));
      }),
    );
  });
});
