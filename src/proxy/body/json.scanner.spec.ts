import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBytes } from '../../../test/support/split.bytes.js';
import { type FieldReader, type FieldValue, OPAQUE } from './field.value.js';
import { JsonScanner } from './json.scanner.js';

interface Read {
  problem: string | undefined;
  members: [string, FieldValue][];
}

/** What the scanner finds in a body that arrives in these pieces. */
function read(pieces: readonly Uint8Array[]): Read {
  const members: [string, FieldValue][] = [];
  const scan = new JsonScanner({ key: () => true, value: (name, value) => members.push([name, value]) });
  for (const piece of pieces) scan.push(piece);
  scan.end();
  return { problem: scan.problem, members };
}

const scan = (text: string | Buffer): Read => read([Buffer.from(text as string)]);

function parses(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });

describe(JsonScanner.name, () => {
  it('reads what JSON.parse reads, split anywhere', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { noNullPrototype: false });
    fc.assert(
      fc.property(object, cuts, fc.constantFrom(0, 2), (value, at, indent) => {
        const bytes = Buffer.from(JSON.stringify(value, null, indent));
        const { problem, members } = read(splitBytes(bytes, at));
        expect(problem).toBeUndefined();
        const expected = Object.entries(parses(bytes.toString())!).map(([name, member]) => [
          name,
          typeof member === 'object' && member !== null ? OPAQUE : member,
        ]);
        expect(members).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('passes the members of an object that is looked into, then the object, split anywhere', () => {
    const text = '{"a":{"x":1},"b":{"x":[{"x":2}],"y":{"z":3},"w":"\\u0041"},"b":[{"x":4}],"c":{"b":{"x":5}}}';
    const expected = ['a', 'a=', 'b', 'b.x', 'b.x=', 'b.y', 'b.y=', 'b.w', 'b.w=A', 'b=', 'b', 'b=', 'c', 'c='];
    for (let cut = 0; cut <= text.length; cut += 1) {
      const log: string[] = [];
      const reader = (prefix: string): FieldReader => ({
        key: (name) => log.push(prefix + name) > 0,
        members: (name) => (name === 'b' ? reader('b.') : undefined),
        value: (name, value) => log.push(`${prefix}${name}=${value === OPAQUE ? '' : String(value)}`),
      });
      const scanner = new JsonScanner(reader(''));
      for (const piece of splitBytes(Buffer.from(text), [cut])) scanner.push(piece);
      scanner.end();
      expect([scanner.problem, log]).toEqual([undefined, expected]);
    }
  });

  it('accepts exactly what JSON.parse accepts as an object, however mangled', () => {
    const alphabet = [...'{}[]":,\\ueE+-.019atrufalsn \n\t\u0001', 'true', 'null', '"a":', '{"a":1', ',"b":['];
    const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 14 }).map((parts) => `{${parts.join('')}`);
    fc.assert(
      fc.property(text, cuts, (body, at) => {
        expect(read(splitBytes(Buffer.from(body), at)).problem === undefined).toBe(parses(body) !== undefined);
      }),
      { numRuns: 20_000 },
    );
  });

  it('accepts exactly what JSON.parse accepts after one byte of a good body was changed', () => {
    const good = '{"model":"gpt-4o","n":-1.5e+3,"s":"\\u00e9\\n","t":true,"z":null,"a":[1,{"b":[]}],"o":{}}';
    for (let i = 0; i < good.length; i += 1)
      for (const replacement of [...'{}[]":,\\0-.eut \n', '']) {
        const body = good.slice(0, i) + replacement + good.slice(i + 1);
        expect([body, scan(body).problem === undefined]).toEqual([body, parses(body) !== undefined]);
      }
  });

  it.each(['{"\\u006dodel":"x"}', '{"m\\u006fdel":"x"}', '{ "model" : "x" }', '{"model":"\\u0078"}'])(
    'decodes escapes: %s',
    (body) => expect(scan(body).members).toEqual([['model', 'x']]),
  );

  it('reports every duplicate', () =>
    expect(scan('{"a":1,"b":2,"a":3}').members).toEqual([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ]));

  it('BD-04 treats the keys of JavaScript objects as plain keys', () =>
    expect(scan('{"__proto__":1,"constructor":2,"\\u005f_proto__":3}').members.map(([name]) => name)).toEqual([
      '__proto__',
      'constructor',
      '__proto__',
    ]));

  it('does not report nested members', () =>
    expect(scan('{"a":{"model":"x"},"b":[{"model":"y"}],"c":1}').members).toEqual([
      ['a', OPAQUE],
      ['b', OPAQUE],
      ['c', 1],
    ]));

  it.each([
    ['', 'it is empty'],
    [' \n', 'it is empty'],
    ['null', 'it is not a JSON object'],
    ['"x"', 'it is not a JSON object'],
    ['[{}]', 'it is not a JSON object'],
    ['\ufeff{}', 'it begins with a byte order mark; send it without'],
    ['{}{}', 'it is not valid JSON'],
    ['{"a":1', 'it ends early'],
    [`{"a":${'['.repeat(300)}`, 'it is nested deeper than 256 levels'],
    [`{"${'k'.repeat(10_000)}":1}`, 'it has a key that is too long'],
    [Buffer.from('{"mod\xffel":1}', 'latin1'), 'it is not valid JSON'],
    [Buffer.from('{"model":"\xff"}', 'latin1'), 'it is not valid JSON'],
    [Buffer.from('{"model":"x"}', 'utf16le'), 'it is not valid JSON'],
  ] as [string | Buffer, string][])('refuses %j: %s', (body, problem) => expect(scan(body).problem).toBe(problem));

  it('reports an overlong value as opaque', () =>
    expect(scan(`{"a":"${'x'.repeat(10_000)}","b":1}`).members).toEqual([
      ['a', OPAQUE],
      ['b', 1],
    ]));

  it('buffers a few kilobytes, however large the body is', () => {
    const piece = Buffer.alloc(1024 * 1024, 'a');
    const reader = new JsonScanner({ key: () => false, value: () => undefined });
    reader.push(Buffer.from('{"input":"'));
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 64; i += 1) reader.push(piece);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024);
    reader.push(Buffer.from('"}'));
    reader.end();
    expect(reader.problem).toBeUndefined();
  });
});
