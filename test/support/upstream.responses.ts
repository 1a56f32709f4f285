import fc from 'fast-check';
import { FIELDS, ODD_FIELDS, ODD_STATUS_LINES, STATUS_LINES } from './upstream.response.lines.js';

/** A response as a server sends it, byte for byte (Latin-1). */
export interface ResponsePlan {
  method: 'GET' | 'HEAD';
  text: string;
  /** Sizes of the pieces in which it is sent; the last piece is the rest. */
  cuts: number[];
  /** Afterwards the server closes or resets the connection, or keeps it open for the next request. */
  end: 'fin' | 'rst' | 'stay';
  /** Counted by kind in the summary. */
  kind: 'valid' | 'odd' | 'mutated';
}

const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: odd });

const plainFields = fc.array(fc.constantFrom(...FIELDS), { maxLength: 4 });
const oddFields = fc.array(mostly(fc.constantFrom(...FIELDS), fc.constantFrom(...ODD_FIELDS)), { maxLength: 5 });
const body = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', '\0', '\xff', 'HTTP/1.1 200 OK\r\n\r\n'), maxLength: 40 }),
  fc.integer({ min: 1, max: 70_000 }).map((bytes) => 'b'.repeat(bytes)),
);
const section = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');

const SIZES = ['', '0', '00'];
const ODD_SIZES = [' ', 'x', '-', '+', '0x', '\t', '00000000000000000', 'fffffffffffffffff'];
const EXTENSIONS = ['', '', '', ';a', ';a=b', ';a="b;c"'];
const ODD_EXTENSIONS = [
  ' ;a',
  ';',
  '; a',
  ';a=',
  ';\n',
  ';\r',
  ';\x00',
  ';a="\r\n"',
  ' ',
  '\t',
  `;${'e'.repeat(20_000)}`,
];
const LINE_ENDS = ['\r\n', '\n', '\r', '\r\r\n', ''];
const CRLF = fc.constant('\r\n');

/** A chunked body; with `odd`, sometimes malformed as by broken servers or attackers. */
function chunks(odd: boolean): fc.Arbitrary<string> {
  const or = <T>(usual: T[], other: T[]): fc.Arbitrary<T> =>
    odd
      ? fc.oneof(
          { weight: 12, arbitrary: fc.constantFrom(...usual) },
          { weight: 1, arbitrary: fc.constantFrom(...other) },
        )
      : fc.constantFrom(...usual);
  const end = odd
    ? fc.oneof({ weight: 20, arbitrary: CRLF }, { weight: 1, arbitrary: fc.constantFrom(...LINE_ENDS) })
    : CRLF;
  const chunk = fc
    .tuple(or(SIZES, ODD_SIZES), body, fc.boolean(), or(EXTENSIONS, ODD_EXTENSIONS), end, end)
    .map(([before, data, isUpper, extension, first, second]) => {
      const size = data.length.toString(16);
      return data === '' ? '' : `${before}${isUpper ? size.toUpperCase() : size}${extension}${first}${data}${second}`;
    });
  const last = fc
    .tuple(
      or(['0', '000'], ['', '0 ', '-0', '0x0']),
      or(EXTENSIONS, ODD_EXTENSIONS),
      end,
      odd ? oddFields : plainFields,
      end,
    )
    .map(([zero, extension, first, trailers, second]) => `${zero}${extension}${first}${section(trailers)}${second}`);
  return fc.tuple(fc.array(chunk, { maxLength: 4 }), last).map(([all, end_]) => all.join('') + end_);
}

const informational = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom('100 Continue', '102', '103 Early Hints', '199 x'), plainFields), {
        maxLength: 3,
      })
      .map((all) => all.map(([line, lines]) => `HTTP/1.1 ${line}\r\n${section(lines)}\r\n`).join('')),
  },
);
const flood = fc
  .tuple(
    fc.integer({ min: 1, max: 70 }),
    fc.constantFrom('', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n'),
  )
  .map(([times, framing]) => `HTTP/1.1 103 x\r\n${framing}x: ${'i'.repeat(1000)}\r\n\r\n`.repeat(times));

/** A framing header line and its body; with `odd`, sometimes a body of another length. */
function framed(odd: boolean): fc.Arbitrary<[line: string, body: string]> {
  const length = fc
    .tuple(
      fc.constantFrom('Content-Length: ', 'content-length:', 'CONTENT-LENGTH:\t'),
      body,
      odd ? fc.constantFrom(0, 0, 0, 1, -1) : fc.constant(0),
    )
    .map(([name, text, off]): [string, string] => [`${name}${Math.max(0, text.length + off)}`, text]);
  const coded = fc
    .tuple(fc.constantFrom('Transfer-Encoding: chunked', 'transfer-encoding:Chunked '), chunks(odd))
    .map(([line, text]): [string, string] => [line, text]);
  const open = body.map((text): [string, string] => ['x-open: 1', text]);
  return fc.oneof(length, coded, open);
}

const built = (odd: boolean): fc.Arbitrary<string> =>
  fc
    .tuple(
      odd ? fc.oneof({ weight: 4, arbitrary: informational }, { weight: 1, arbitrary: flood }) : informational,
      odd
        ? mostly(fc.constantFrom(...STATUS_LINES), fc.constantFrom(...ODD_STATUS_LINES))
        : fc.constantFrom(...STATUS_LINES),
      odd ? oddFields : plainFields,
      framed(odd),
      fc.boolean(),
      odd
        ? mostly(
            fc.constant(''),
            fc.constantFrom('x', '\r\n', '0\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
          )
        : fc.constant(''),
    )
    .map(([before, line, lines, [framing, text], isFirst, behind]) => {
      const head = section([line, ...(isFirst ? [framing, ...lines] : [...lines, framing])]);
      return `${before}${head}\r\n${text}${behind}`;
    });

/** One to three bytes removed, inserted or changed, or the end cut off. */
const mutated = fc
  .tuple(
    built(true),
    fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('', '\r', '\n', ' ', '\t', ':', ';', '\0', '0', 'f', ','),
        fc.nat(2),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    fc.boolean(),
  )
  .map(([text, changes, isCut]) => {
    // Most decisions of a parser fall in the first kilobyte.
    for (const [where, put, lost] of changes) {
      const at = Math.floor(where * Math.min(text.length, 600));
      text = text.slice(0, at) + put + text.slice(at + lost);
    }
    return isCut ? text.slice(0, Math.floor(changes[0]![0] * text.length)) : text;
  });

const delivery = {
  method: mostly(fc.constant('GET' as const), fc.constant('HEAD' as const)),
  cuts: fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40_000 })), { maxLength: 3 }),
  end: fc.constantFrom('fin' as const, 'fin' as const, 'rst' as const, 'stay' as const),
};

export const responsePlans: fc.Arbitrary<ResponsePlan> = fc.oneof(
  fc.record({ ...delivery, text: built(false), kind: fc.constant('valid' as const) }),
  fc.record({ ...delivery, text: built(true), kind: fc.constant('odd' as const) }),
  fc.record({ ...delivery, text: mutated, kind: fc.constant('mutated' as const) }),
);
