import { expect } from 'vitest';
import { UPSTREAM_KEY } from './app.js';
import type { ProxyFixture } from './proxy.fixture.js';
import type { RawClient } from './raw.client.js';
import type { RawResponse } from './raw.response.js';
import type { RecordedRequest } from './recorded.request.js';
import type { Plan } from './transparency.generators.js';
import { forClient, forUpstream, TABLE, withoutFraming } from './transparency.table.js';
import type { Exchange } from './upstream.exchange.js';
import { valuesOf, type HeaderLine } from './wire.head.js';
import { chunkBytes } from './chunk.bytes.js';

/** Runs one exchange over raw sockets and compares both legs, byte for byte. */
export async function runExchange(fixture: ProxyFixture, plan: Plan): Promise<void> {
  fixture.upstream.clear();
  fixture.upstream.once((exchange) => play(exchange, plan));
  const client = await fixture.connect();
  try {
    await client.write(requestHead(fixture, plan));
    const { pieces, last } = requestPieces(plan);
    const arriving = fixture.upstream.nextRequest();
    const first = plan.early ? 1 + Math.floor(pieces.length / 2) : pieces.length;
    for (const piece of pieces.slice(0, first)) await client.write(piece);
    if (!plan.early) await client.write(last);
    const request = await arriving;
    const response = await client.response({ method: plan.method });
    if (plan.early) for (const piece of [...pieces.slice(first), last]) await client.write(piece);
    else await request.completed();
    compareRequest(fixture, plan, request);
    compareResponse(plan, response);
    await keepsServing(plan, client, response);
  } finally {
    client.destroy();
  }
}

/** What the client sent, the upstream got. */
function compareRequest(fixture: ProxyFixture, plan: Plan, request: RecordedRequest): void {
  expect(request.faults).toEqual([]);
  expect(fixture.upstream.requests).toHaveLength(1);
  expect([request.method, request.target]).toEqual([plan.method, plan.target]);
  const sent: HeaderLine[] = [['Authorization', ''], ...plan.headers];
  expect(withoutFraming(request.headers)).toEqual(forUpstream(sent, UPSTREAM_KEY));
  expect(request.headerValues('host')).toEqual([`127.0.0.1:${fixture.upstream.port}`]);
  if (plan.early) {
    const { body } = request;
    expect(body.equals(plan.body.subarray(0, body.length))).toBe(true);
    return;
  }
  expect(request.body.equals(plan.body)).toBe(true);
  expect(request.framing.kind).toBe(plan.framed);
  expect(request.trailers).toEqual([]);
}

/** What the upstream sent, the client got. */
function compareResponse({ answer, version, method }: Plan, response: RawResponse): void {
  expect(response.faults).toEqual([]);
  expect(response.truncated).toBe(false);
  expect(response.statusLine).toBe(`HTTP/1.1 ${answer.status} ${answer.reason}`);
  expect(response.body.equals(answer.body)).toBe(true);
  const lines = withoutFraming(response.rawHeaders);
  const isEventStream = (valuesOf(forClient(answer.headers), 'content-type')[0] ?? '')
    .toLowerCase()
    .startsWith('text/event-stream');
  const added = [...TABLE.added, ...(isEventStream ? TABLE.addedOnEventStreams : [])];
  expect(lines.slice(0, lines.length - added.length)).toEqual(forClient(answer.headers));
  expect(lines.slice(lines.length - added.length).map(([name]) => name)).toEqual(added);
  expect(response.interim).toEqual(
    version === '1.0' ? [] : answer.interim.map(({ status, headers }) => ({ status, headers: forClient(headers) })),
  );
  const length = valuesOf(response.rawHeaders, 'content-length');
  expect(length).toEqual(answer.framed === 'length' ? [String(answer.body.length)] : []);
  const codings = valuesOf(response.rawHeaders, 'transfer-encoding');
  const chunks = (answer.framed === 'chunked' || answer.framed === 'close') && version === '1.1' && method !== 'HEAD';
  expect(codings).toEqual(chunks ? ['chunked'] : []);
  expect(response.trailers).toEqual(version === '1.0' ? [] : trailersFor(answer.trailers));
}

const NOT_IN_TRAILERS = new Set(['content-length', 'content-type', 'content-encoding', 'content-range']);
const trailersFor = (sent: readonly HeaderLine[]): HeaderLine[] =>
  forClient(sent).filter(([name]) => !NOT_IN_TRAILERS.has(name.toLowerCase()));

/** The same connection serves the next request, unless one side asked to close it. */
async function keepsServing(plan: Plan, client: RawClient, response: RawResponse): Promise<void> {
  if (valuesOf(response.rawHeaders, 'connection').includes('close')) {
    expect(plan.version === '1.0' || plan.early).toBe(true);
    expect(await client.closed()).toBe('fin');
    return;
  }
  await client.write('GET /live HTTP/1.1\r\nHost: a\r\n\r\n');
  expect((await client.response()).status).toBe(200);
}

function requestHead(fixture: ProxyFixture, { method, target, version, headers, framed, body }: Plan): string {
  const framing =
    framed === 'length'
      ? `Content-Length: ${body.length}\r\n`
      : framed === 'chunked'
        ? 'Transfer-Encoding: chunked\r\n'
        : '';
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${target} HTTP/${version}\r\nHost: evil.example\r\nAuthorization: Bearer ${fixture.token.token}\r\n${lines}${framing}\r\n`;
}

function requestPieces({ body, cuts, framed }: Plan): { pieces: Buffer[]; last: string } {
  const pieces = split(body, cuts);
  return framed === 'chunked' ? { pieces: pieces.map(chunkBytes), last: '0\r\n\r\n' } : { pieces, last: '' };
}

/** The upstream's part. */
async function play(exchange: Exchange, { answer, early, method }: Plan): Promise<void> {
  if (early) await exchange.request.received(1);
  else if (!(await exchange.receiveAll())) return;
  for (const { status, headers } of answer.interim) await exchange.head(status, headers);
  const framing = {
    length: `content-length: ${answer.body.length}\r\n`,
    chunked: 'transfer-encoding: chunked\r\n',
    close: '',
    none: '',
  }[answer.framed];
  const lines = answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  await exchange.write(`HTTP/1.1 ${answer.status} ${answer.reason}\r\n${lines}${framing}\r\n`);
  const pieces = split(answer.body, answer.cuts);
  for (const piece of pieces) await (answer.framed === 'chunked' ? exchange.chunk(piece) : exchange.write(piece));
  if (answer.framed === 'chunked') await exchange.lastChunk(answer.trailers);
  if (answer.framed === 'close' && method !== 'HEAD') exchange.fin();
}

/** Cuts bytes at these fractions; no piece is empty. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).flatMap((end, index) => (end > at[index]! ? [bytes.subarray(at[index], end)] : []));
}
