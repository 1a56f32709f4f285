import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawUpstream, ObserverSpy } from '../../../test/support/raw.upstream.js';
import { until } from '../../../test/support/until.js';
import { connector } from '../../upstream/upstream.connector.js';
import { UpstreamPool } from '../../upstream/upstream.pool.js';
import { inspectorOf } from './body.inspector.js';
import { CheckedUpload } from './checked.upload.js';

const BOUNDARY = 'xyz';

/** A request whose body arrives in the given pieces, each with memory of its own. */
function requestOf(type: string, pieces: Buffer[]): IncomingMessage {
  const request = Readable.from(pieces) as unknown as IncomingMessage;
  request.rawHeaders = ['content-type', type];
  request.headers = { 'transfer-encoding': 'chunked' };
  return request;
}

describe(CheckedUpload.name, () => {
  let upstream: RawUpstream;
  let pool: UpstreamPool;
  beforeEach(async () => {
    upstream = await RawUpstream.open();
    const connect = connector(`http://127.0.0.1:${upstream.port}`, { timeoutMs: 5000 });
    pool = new UpstreamPool({ connect, maxConnections: 1, idleMs: 1000 });
  });
  afterEach(async () => {
    pool.close();
    await upstream.close();
  });

  it.each([
    ['application/json', `{"model":"gpt","text":"${'a'.repeat(30_000)}","last":1}`],
    [
      `multipart/form-data; boundary=${BOUNDARY}`,
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\ngpt\r\n--${BOUNDARY}\r\n` +
        `Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n${'\r\n--xy'.repeat(5000)}\r\n--${BOUNDARY}--`,
    ],
  ])('inspects a body of %s although its pieces are freed once they are sent', async (type, text) => {
    const pieces = text.match(/[^]{1,1009}/g)!.map((part) => {
      const own = Buffer.from(new ArrayBuffer(part.length));
      own.write(part, 'latin1');
      return own;
    });
    const request = requestOf(type, pieces);
    const inspector = inspectorOf(request, []);
    const refusals: unknown[] = [];
    const prefix = { chunks: [], bytes: 0, isComplete: false, inspector };
    const observer = new ObserverSpy();
    pool.dispatch(
      { method: 'POST', target: '/', host: 'a', headers: [], length: undefined },
      new CheckedUpload({ request, bodyLength: undefined }, prefix, (refusal) => refusals.push(refusal)),
      observer,
    );
    const connection = await upstream.connection();
    const chunked = text.match(/[^]{1,1009}/g)!.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    const body = await connection.request('\r\n0\r\n\r\n');
    expect(body.slice(body.indexOf('\r\n\r\n') + 4)).toBe(`${chunked.join('')}0\r\n\r\n`);
    await until('the memory to be freed', () => pieces.every(({ buffer }) => buffer.byteLength === 0));
    expect(refusals).toEqual([]);
  });
});
