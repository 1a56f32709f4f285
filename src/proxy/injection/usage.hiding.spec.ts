import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatEvents } from '../../../test/support/openai.text.js';
import { splitBytes } from '../../../test/support/split.bytes.js';
import { MAX_EVENT_BYTES, UsageHiding } from './usage.hiding.js';

const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const asked = chatEvents({ stream_options: { include_usage: true } }).join('');
const plain = chatEvents({}).join('');
const data = (chunk: unknown): string => `data: ${JSON.stringify(chunk)}\n\n`;

function shown(stream: string, cuts: readonly number[] = []): string {
  const hiding = new UsageHiding();
  const out = splitBytes(Buffer.from(stream), cuts).map((piece) => hiding.push(piece));
  return Buffer.concat([...out, hiding.end()]).toString();
}

const bytewise = (stream: string): string =>
  shown(
    stream,
    Array.from(Buffer.from(stream), (_, at) => at),
  );

/** Whole, byte by byte, and in two pieces at every byte. */
function expectShown(stream: string, expected: string): void {
  expect(shown(stream)).toBe(expected);
  expect(bytewise(stream)).toBe(expected);
  for (let cut = 1; cut < Buffer.byteLength(stream); cut += 1) expect(shown(stream, [cut])).toBe(expected);
}

describe(UsageHiding.name, () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('shows a stream as it is without include_usage, split at any byte, with lines that end in %s', (_name, end) => {
    expectShown(asked.replaceAll('\n', end), plain.replaceAll('\n', end));
  });

  it('shows it in random pieces', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, fc.constantFrom('\n', '\r\n', '\r'), (at, end) => {
        expect(shown(asked.replaceAll('\n', end), at)).toBe(plain.replaceAll('\n', end));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['blanks', 'data: {"id": "a", "choices": [{}], "usage" : null}\n\n', 'data: {"id": "a", "choices": [{}]}\n\n'],
    ['no blank behind data:', 'data:{"choices":[{}],"usage":null}\n\n', 'data:{"choices":[{}]}\n\n'],
    ['a byte order mark', '\uFEFFdata: {"choices":[{}],"usage":null}\n\n', '\uFEFFdata: {"choices":[{}]}\n\n'],
    ['usage first', 'data: {"usage":null, "id":"a"}\n\n', 'data: {"id":"a"}\n\n'],
    ['usage alone', 'data: {"usage":null}\n\n', 'data: {}\n\n'],
    ['members behind it', 'data: {"a":1,"usage":null,"b":"]}"}\n\n', 'data: {"a":1,"b":"]}"}\n\n'],
    ['other fields', 'event: x\nid: 1\ndata: {"a":1,"usage":null}\n\n', 'event: x\nid: 1\ndata: {"a":1}\n\n'],
    ['lines of one event', 'data: {"a":1,\ndata: "usage": null,"b":2\ndata: }\n\n', 'data: {"a":1,\ndata: "b":2\ndata: }\n\n'], // prettier-ignore
    ['no blank line at the end', 'data: {"a":1,"usage":null}\n', 'data: {"a":1}\n'],
    ['several blank lines', '\n\ndata: {"a":1,"usage":null}\n\n\n\n', '\n\ndata: {"a":1}\n\n\n\n'],
    ['a usage chunk with other members', data({ choices: [], usage: USAGE, obfuscation: 'x' }), ''],
    ['a usage chunk with blanks', `data: {"choices" : [ ], "usage" : ${JSON.stringify(USAGE)}}\r\n\r\n`, ''],
    ['a usage chunk in lines', 'data: {"choices":[],\ndata: "usage":{}}\n\n: ping\n\n', ': ping\n\n'],
  ])('with %s', (_what, stream, expected) => expectShown(stream, expected));

  it.each([
    ['text that looks like usage', data({ choices: [{ delta: { content: ',"usage":null' } }] })],
    ['a text that ends in a quote', data({ choices: [{ delta: { content: 'a\\",\\"usage' } }] })],
    ['a key that ends like usage', data({ choices: [{}], 'a"usage': null })],
    ['usage of another object', data({ choices: [{ usage: null }], x: { usage: null } })],
    ['figures beside choices', data({ choices: [{ delta: {} }], usage: USAGE })],
    ['figures of another object', data({ choices: [], x: { usage: USAGE } })],
    ['a text for usage', data({ choices: [], usage: 'none' })],
    ['empty choices without figures', data({ choices: [], prompt_filter_results: [{}] })],
    ['a comment', ': "usage":null}\n\n'],
    ['data that is not JSON', 'data: {"choices":[],"usage":{]}\n\n'],
    ['an open text behind it', 'data: {"a":1,"usage":null}\ndata: "\n\n'],
    ['an error', 'event: error\ndata: {"error":{"message":"usage\\""}}\n\n'],
  ])('leaves %s', (_what, stream) => expectShown(stream, stream));

  it('passes whole events at once, and holds the beginning of one', () => {
    const hiding = new UsageHiding();
    const event = Buffer.from(data({ choices: [{}] }));
    expect(hiding.push(event)).toBe(event);
    expect(hiding.push(Buffer.from('data: {"a":1,"us')).toString()).toBe('');
    expect(hiding.push(Buffer.from('age":null}\n\ndata')).toString()).toBe('data: {"a":1}\n\n');
    expect(hiding.end().toString()).toBe('data');
  });

  it('passes an event that is too long as it is, and reads the next one', () => {
    const long = `data: {"a":"${'x'.repeat(MAX_EVENT_BYTES + 100_000)}","usage":null}\n\n`;
    const stream = `${long}data: {"a":1,"usage":null}\n\n`;
    const cuts = Array.from({ length: 70 }, (_, i) => (i + 1) * 16_384);
    expect(shown(stream, cuts) === `${long}data: {"a":1}\n\n`).toBe(true);
  });
});
