import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pseudoRandomBytes } from './openai.files.js';
import { OPERATIONS, type BodyKind, type Operation } from './transparency.operations.js';
import { TABLE } from './transparency.table.js';
import type { HeaderLine } from './wire.head.js';

/** How a message is framed. `close` exists for responses only. */
export type Framed = 'none' | 'length' | 'chunked' | 'close';

/** One generated exchange: the request of the client and the response of the upstream. */
export interface Plan {
  operation: Operation;
  method: string;
  target: string;
  version: '1.1' | '1.0';
  headers: HeaderLine[];
  framed: Framed;
  body: Buffer;
  /** Where the client's bytes are cut into writes and chunks, as fractions of the body. */
  cuts: number[];
  answer: AnswerPlan;
  /** The upstream responds when the first byte of the body has arrived. */
  early: boolean;
}

export interface AnswerPlan {
  status: number;
  reason: string;
  headers: HeaderLine[];
  framed: Framed;
  body: Buffer;
  cuts: number[];
  trailers: HeaderLine[];
  interim: { status: number; headers: HeaderLine[] }[];
}

const TCHAR = [..."!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz"];
const VALUE = [...' !"#$%()*,-./:;<=>?@AZ[\\]_`az{|}~\t09', '\x80', '\xa0', '\xc3\xa9', '\xff'];
const PATH = [..."ABCxyz0189-_.~!$&'()*+,=:@", '%20', '%C3%A9', '%25', '%3F'];
const QUERY = [...'ABCxyz0189-_.~!$&\'()*+,=:@;/?[]{}|^<>"`%', '%00', '%2e%2e%2f', 'http://evil/'];
const text = (unit: string[], min: number, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...unit), minLength: min, maxLength: max });

const value = text(VALUE, 0, 40).map((raw) => raw.replace(/^[ \t]+|[ \t]+$/g, ''));
/** Names with a meaning for an intermediary, without those that frame a message or change its connection. */
const KNOWN = [
  ...TABLE.hopByHop.filter((name) => !['connection', 'transfer-encoding', 'upgrade'].includes(name)),
  ...TABLE.clientAddress,
  ...TABLE.secondCredentials,
  ...TABLE.objectKeys,
  ...TABLE.neverToTheClient,
  ...TABLE.endToEnd.filter((name) => !['authorization', 'host', 'content-length'].includes(name)),
];
const USUAL = [
  'OpenAI-Beta',
  'Accept',
  'User-Agent',
  'X-Request-Id',
  'Range',
  'If-None-Match',
  'Idempotency-Key',
  'ETag',
];
const ANSWERS = [
  'x-request-id',
  'openai-processing-ms',
  'x-ratelimit-limit-requests',
  'Retry-After',
  'Date',
  'Server',
  'Via',
  'Age',
];
const casing = fc.constantFrom(
  (name: string) => name,
  (name: string) => name.toUpperCase(),
  (name: string) => name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
);
const RESERVED = /^(?:host|authorization|content-length|transfer-encoding|connection|upgrade|expect)$/i;
const odd = text(TCHAR, 1, 12).filter((name) => !RESERVED.test(name));
const nameOf = (usual: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...usual),
    fc.constantFrom('X-A', 'x-a', 'X-a', 'X-Hop'),
    odd,
    fc.tuple(fc.constantFrom(...KNOWN), casing).map(([name, cased]) => cased(name)),
  );
const connection = fc.constantFrom(
  'keep-alive',
  'X-Hop',
  'x-hop, X-A',
  'authorization, content-type',
  'X-Request-Id,Accept , nothing',
);
const lines = (usual: string[], max: number): fc.Arbitrary<HeaderLine[]> =>
  fc
    .tuple(
      fc.array(fc.tuple(nameOf(usual), value), { maxLength: max }),
      fc.option(fc.tuple(fc.nat(max), connection), { freq: 4, nil: undefined }),
    )
    .map(([list, named]) => {
      if (named) list.splice(named[0], 0, ['Connection', named[1]]);
      return list;
    });

const size = fc.oneof(
  { arbitrary: fc.constantFrom(0, 1), weight: 3 },
  { arbitrary: fc.integer({ min: 2, max: 2000 }), weight: 8 },
  { arbitrary: fc.integer({ min: 2001, max: 20_000 }), weight: 3 },
  { arbitrary: fc.constantFrom(16_384, 65_535, 65_536, 65_537), weight: 1 },
  { arbitrary: fc.integer({ min: 65_538, max: 1_048_576 }), weight: 1 },
);
const noise = fc.tuple(size, fc.nat()).map(([length, seed]) => pseudoRandomBytes(length, seed));
const json = fc
  .tuple(fc.jsonValue(), text(VALUE, 0, 20))
  .map(([inner, raw]) =>
    Buffer.from(
      `{"a":1,"a":2,"n":1e400,"big":9007199254740993,"__proto__":{"x":1},"s":"\\ud800","v":${JSON.stringify(inner)}}${raw}`,
      'latin1',
    ),
  );
const sse = fc
  .array(
    fc.tuple(
      fc.constantFrom('data: {"n":1}', 'event: delta', ': comment', 'data:', '', 'id: 7', '\0', 'data: caf\xe9'),
      fc.constantFrom('\n', '\r\n', '\r'),
    ),
    { maxLength: 60 },
  )
  .map((events) => Buffer.from(events.map(([line, end]) => line + end).join(''), 'latin1'));
const multipart = noise.map((part) =>
  Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="../x\r\n"\r\n\r\n'),
    part,
    Buffer.from('\r\n--b--\r\n'),
  ]),
);

/** Content in all the forms bodies take, with the headers that go with each. */
const content = (kind: BodyKind | 'any'): fc.Arbitrary<{ body: Buffer; headers: HeaderLine[] }> => {
  const typed = (bodies: fc.Arbitrary<Buffer>, ...headers: HeaderLine[]) => bodies.map((body) => ({ body, headers }));
  const forms = {
    json: fc.oneof(
      typed(json, ['Content-Type', 'application/json']),
      typed(json, ['content-type', ' Application/JSON ; charset=utf-16'.trim()]),
      typed(
        json.map((body) => gzipSync(body)),
        ['Content-Type', 'application/json'],
        ['Content-Encoding', 'gzip'],
      ),
      typed(
        json.map((body) => brotliCompressSync(body)),
        ['Content-Encoding', 'br'],
      ),
      typed(noise, ['Content-Encoding', Array.from({ length: 4 }, () => 'gzip').join(', ')]),
    ),
    multipart: typed(multipart, ['Content-Type', 'multipart/form-data; boundary=b']),
    binary: typed(noise, ['Content-Type', 'application/octet-stream']),
    sdp: typed(fc.constant(Buffer.from('v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n')), ['Content-Type', 'application/sdp']),
    none: typed(fc.constant(Buffer.alloc(0))),
  };
  if (kind !== 'any') return fc.oneof({ arbitrary: forms[kind], weight: 9 }, { arbitrary: forms.binary, weight: 1 });
  const events = typed(sse, ['content-type', 'text/event-stream; charset=utf-8']);
  const audio = typed(noise, ['Content-Type', 'audio/mpeg']);
  return fc.oneof(forms.json, events, events, audio, typed(noise, ['content-type', 'not a/ media;type']), forms.none);
};

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
const REASONS = ['', 'OK', "Whatever It Takes! (it's 42)", 'caf\xc3\xa9', 'x'.repeat(300), '200 OK'];
const status = fc.oneof(
  { arbitrary: fc.constantFrom(200, 200, 201, 204, 304), weight: 4 },
  { arbitrary: fc.constantFrom(301, 307, 400, 401, 404, 413, 429, 500, 502, 503, 504, 529), weight: 2 },
  { arbitrary: fc.integer({ min: 200, max: 599 }), weight: 1 },
);
const interim = fc.array(
  fc.record({ status: fc.constantFrom(102, 103, 103, 104, 199), headers: lines(['Link', 'X-Progress'], 4) }),
  { maxLength: 3 },
);

const answerTo = (method: string): fc.Arbitrary<AnswerPlan> =>
  fc
    .record({
      status,
      reason: fc.constantFrom(...REASONS),
      headers: lines(ANSWERS, 12),
      content: content('any'),
      framed: fc.constantFrom<Framed>('length', 'length', 'chunked', 'chunked', 'close'),
      cuts,
      trailers: fc.option(lines(['X-Checksum', 'x-trailing'], 4), { freq: 3, nil: [] }),
      interim: fc.option(interim, { freq: 4, nil: [] }),
    })
    .map(({ content: { body, headers }, ...rest }) => {
      const bodiless = method === 'HEAD' || rest.status === 204 || rest.status === 304;
      return {
        ...rest,
        headers: [...rest.headers, ...headers],
        body: bodiless ? Buffer.alloc(0) : body,
        framed: bodiless ? 'none' : rest.framed,
        trailers: rest.framed === 'chunked' && !bodiless ? rest.trailers.filter(([name]) => name !== 'Connection') : [],
      };
    });

const targetOf = (path: string): fc.Arbitrary<string> => {
  const ids = path.split(/\{[^}]*\}/);
  const id = fc
    .oneof(fc.constantFrom('file-abc123', 'resp_68a', 'ft:gpt-4o:org::x1'), text(PATH, 1, 16))
    .filter((segment) => !/^\.{1,2}$/.test(segment));
  const query = fc.option(text(QUERY, 0, 40), { nil: undefined, freq: 2 });
  return fc.tuple(fc.array(id, { minLength: ids.length, maxLength: ids.length }), query).map(([segments, extra]) => {
    const full = ids.map((part, at) => part + (at < ids.length - 1 ? segments[at]! : '')).join('');
    return extra === undefined ? full : `${full}${full.includes('?') ? '&' : '?'}${extra}`;
  });
};

/** Any exchange the API's users may have, and many that none will. */
export const plans: fc.Arbitrary<Plan> = fc.constantFrom(...OPERATIONS).chain((operation) =>
  fc
    .record({
      target: targetOf(operation.path),
      version: fc.constantFrom<Plan['version']>('1.1', '1.1', '1.1', '1.1', '1.1', '1.1', '1.1', '1.0'),
      headers: lines(USUAL, 16),
      content: content(operation.body),
      chunked: fc.boolean(),
      cuts,
      answer: answerTo(operation.method),
      early: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    })
    .map(({ content: { body, headers }, chunked, ...rest }) => {
      const canChunk = rest.version === '1.1' && chunked && (body.length > 0 || operation.body !== 'none');
      const framed: Framed = canChunk ? 'chunked' : body.length > 0 || operation.body !== 'none' ? 'length' : 'none';
      const early = rest.early && body.length > 100 && (canChunk || body.length > 65_536);
      return {
        ...rest,
        operation,
        method: operation.method,
        headers: [...rest.headers, ...headers],
        body,
        framed,
        early,
      };
    }),
);
