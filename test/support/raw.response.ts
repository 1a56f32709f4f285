import { readBody } from './wire.body.js';
import { parseHead, statedFraming, valuesOf, type Framing, type HeaderLine } from './wire.head.js';
import type { WireInbox } from './wire.inbox.js';

/** One answer as it came over the wire. */
export interface RawResponse {
  status: number;
  /** The status line without its CRLF. */
  statusLine: string;
  /** Header lines in the order and the case they came in. */
  rawHeaders: HeaderLine[];
  body: Buffer;
  /** The body as UTF-8. */
  text: string;
  /** True when the framing did not complete: fewer bytes than stated, no last chunk, a broken chunk, a reset. */
  truncated: boolean;
  /** What exactly was missing when `truncated`. */
  fault: string | undefined;
  /** Ways in which the head is not plain HTTP/1.1. */
  faults: string[];
  chunkSizes: number[];
  trailers: HeaderLine[];
  /** The 1xx answers that came before. */
  interim: { status: number; headers: HeaderLine[] }[];
  /** The value of the first line called `name`. */
  header(name: string): string | undefined;
  json(): unknown;
}

/** Reads the next final answer; `method` is the request's, since an answer to HEAD has no body (RFC 9112 §6.3). */
export async function readResponse(inbox: WireInbox, method = 'GET'): Promise<RawResponse> {
  const interim: RawResponse['interim'] = [];
  for (;;) {
    const raw = await inbox.through('\r\n\r\n');
    if (raw === undefined) throw new Error(`${inbox.departure} before an answer${gotSoFar(inbox.unread)}`);
    const head = parseHead(raw);
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(head.startLine)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) throw new Error(`no HTTP answer${gotSoFar(raw)}`);
    if (status < 200 && status !== 101) {
      interim.push({ status, headers: head.headers });
      continue;
    }
    const framing: Framing = bodiless(method, status) ? { kind: 'none' } : (statedFraming(head) ?? { kind: 'close' });
    const body = await collect(inbox, framing);
    const { startLine: statusLine, headers: rawHeaders, faults } = head;
    return {
      status,
      statusLine,
      rawHeaders,
      faults,
      interim,
      ...body,
      text: body.body.toString('utf8'),
      truncated: body.fault !== undefined,
      header: (name) => valuesOf(rawHeaders, name)[0],
      json: () => JSON.parse(body.body.toString('utf8')) as unknown,
    };
  }
}

export function gotSoFar(bytes: Buffer): string {
  return bytes.length === 0 ? '' : `; got ${JSON.stringify(bytes.toString('latin1').slice(0, 200))}`;
}

function bodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 101 || status === 204 || status === 304;
}

async function collect(
  inbox: WireInbox,
  framing: Framing,
): Promise<Pick<RawResponse, 'body' | 'chunkSizes' | 'trailers' | 'fault'>> {
  const pieces: Buffer[] = [];
  const chunkSizes: number[] = [];
  const trailers: HeaderLine[] = [];
  const fault = await readBody(inbox, framing, {
    data: (bytes) => pieces.push(bytes),
    chunk: (size) => chunkSizes.push(size),
    trailer: (line) => trailers.push(line),
  });
  return { body: Buffer.concat(pieces), chunkSizes, trailers, fault };
}
