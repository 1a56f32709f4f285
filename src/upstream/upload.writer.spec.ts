import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RawConnection, RawUpstream } from '../../test/support/raw.upstream.js';
import { until } from '../../test/support/until.js';
import type { UpstreamError } from './upstream.error.js';
import { UploadWriter } from './upload.writer.js';

const HEAD = 'POST / HTTP/1.1\r\n\r\n';
const open = (): Readable => new Readable({ read: () => undefined });

describe(UploadWriter.name, () => {
  let upstream: RawUpstream;
  let socket: Socket;
  let peer: RawConnection;
  let calls: string[];
  let error: UpstreamError | undefined;
  const observer = (onBegin = (): void => undefined) => ({
    onBegin: () => {
      calls.push('begin');
      onBegin();
    },
    onWritten: () => void calls.push('written'),
    onError: (thrown: UpstreamError) => void (error = thrown),
  });
  const write = (body: Readable, length: number | undefined): UploadWriter =>
    new UploadWriter(socket, body, HEAD, length, observer());

  beforeEach(async () => {
    [calls, error] = [[], undefined];
    upstream = await RawUpstream.open();
    socket = connect(upstream.port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    peer = await upstream.connection();
  });
  afterEach(async () => {
    socket.destroy();
    await upstream.close();
  });

  it('writes a body with a length unchanged', async () => {
    write(Readable.from([Buffer.from('hel'), Buffer.from('lo')]), 5);
    expect(await peer.request('hello')).toBe(`${HEAD}hello`);
    expect(calls).toEqual(['begin', 'written']);
  });

  it('writes a body without a length in chunks', async () => {
    write(Readable.from([Buffer.from('hello'), Buffer.alloc(17, 'a')]), undefined);
    expect(await peer.request('0\r\n\r\n')).toBe(`${HEAD}5\r\nhello\r\n11\r\n${'a'.repeat(17)}\r\n0\r\n\r\n`);
  });

  it.each([
    [0, HEAD],
    [undefined, `${HEAD}0\r\n\r\n`],
  ])('writes the head of an empty body (length %s) with its end', async (length, written) => {
    write(Readable.from([]), length);
    expect(await peer.request(written)).toBe(written);
    expect(calls).toEqual(['begin', 'written']);
  });

  it('writes nothing before the first piece', async () => {
    const body = open();
    write(body, 5);
    await new Promise(setImmediate);
    expect([calls, socket.bytesWritten]).toEqual([[], 0]);
    body.push('hello');
    await peer.request('hello');
  });

  it.each([
    ['longer', ['hello', '!'], 'the request body is longer than its length'],
    ['shorter', ['hell'], 'the request body is shorter than its length'],
  ])('fails for a body that is %s than its length', async (_what, pieces, message) => {
    write(Readable.from(pieces.map((piece) => Buffer.from(piece))), 5);
    await until('the error', () => error !== undefined);
    expect(error).toMatchObject({ kind: 'truncated_request', message });
    expect(calls).toEqual(['begin']);
  });

  it('fails for a body that ends early', async () => {
    const body = open();
    write(body, 5);
    body.push('hell');
    await peer.request('hell');
    body.destroy();
    await until('the error', () => error !== undefined);
    expect(error).toMatchObject({ kind: 'truncated_request', message: 'the request body ended early' });
  });

  it('writes the whole body after another writer was stopped before the first piece', async () => {
    const body = open();
    const stopped = write(body, 5);
    await new Promise(process.nextTick);
    stopped.stop();
    body.push('hel');
    await new Promise(setImmediate);
    write(body, 5);
    body.push('lo');
    body.push(null);
    expect(await peer.request('hello')).toBe(`${HEAD}hello`);
    expect(calls).toEqual(['begin', 'written']);
  });

  it('writes the end of a body that had already ended', async () => {
    const body = Readable.from([]);
    body.resume();
    await once(body, 'end');
    write(body, undefined);
    expect(await peer.request('0\r\n\r\n')).toBe(`${HEAD}0\r\n\r\n`);
  });

  it('writes nothing when it is stopped in onBegin', async () => {
    const body = open();
    const writer: UploadWriter = new UploadWriter(
      socket,
      body,
      HEAD,
      5,
      observer(() => writer.stop()),
    );
    body.push('hello');
    await until('onBegin', () => calls.length > 0);
    expect([socket.writableLength, socket.bytesWritten, socket.writableCorked, body.destroyed]).toEqual([
      0,
      0,
      0,
      true,
    ]);
  });

  it('reads no faster than the upstream does, and removes its listeners', async () => {
    peer.socket.pause();
    let pieces = 0;
    const body = new Readable({
      highWaterMark: 1,
      read() {
        pieces += 1;
        this.push(pieces > 200 ? null : Buffer.alloc(64 * 1024, 'a'));
      },
    });
    write(body, undefined);
    await until('the upload to pause', () => body.isPaused());
    expect(socket.listenerCount('drain')).toBe(1);
    expect(pieces).toBeLessThan(200);
    peer.socket.resume();
    await until('onWritten', () => calls.includes('written'));
    expect([socket.listenerCount('drain'), body.listenerCount('data'), body.listenerCount('close')]).toEqual([0, 0, 0]);
    await peer.request('0\r\n\r\n');
  });

  it('writes nothing when the socket drains after it was stopped', async () => {
    peer.socket.pause();
    const body = new Readable({
      read() {
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    const writer = write(body, undefined);
    await until('the upload to pause', () => body.isPaused());
    writer.stop();
    const written = socket.bytesWritten;
    peer.socket.resume();
    await until('the socket to drain', () => socket.writableLength === 0);
    await new Promise(setImmediate);
    expect([body.destroyed, socket.bytesWritten, error]).toEqual([true, written, undefined]);
  });

  it('frees the memory of a piece, unless the piece shares it', async () => {
    const [own, shared] = [Buffer.alloc(100_000, 'a'), Buffer.alloc(100_000, 'b').subarray(1)];
    write(Readable.from([own, shared]), 199_999);
    await until('the whole body', () => peer.text.length === HEAD.length + 199_999);
    expect(peer.text).toBe(`${HEAD}${'a'.repeat(100_000)}${'b'.repeat(99_999)}`);
    await until('the memory to be freed', () => own.buffer.byteLength === 0);
    expect(shared.buffer.byteLength).toBe(100_000);
  });
});
