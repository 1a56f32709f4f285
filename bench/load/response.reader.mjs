const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/**
 * Parses the responses on one connection, with a Content-Length or chunked. It calls `head(status)`, `data(bytes)` with bytes
 * of the body, and `end()` of the observer. A response without either framing has status 0. A client library would cost
 * more than the measured server.
 */
export class ResponseReader {
  constructor(observer) {
    this.observer = observer;
    this.step = this.readHead;
    this.remaining = 0;
    this.buffered = undefined;
  }

  feed(bytes) {
    let rest = this.buffered ? Buffer.concat([this.buffered, bytes]) : bytes;
    this.buffered = undefined;
    while (rest.length > 0) {
      const used = this.step(rest);
      if (used === 0) {
        this.buffered = rest;
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /** Each step returns the number of bytes it used; 0 when it needs more. */
  readHead(bytes) {
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) return 0;
    const head = bytes.latin1Slice(0, end);
    const length = LENGTH.exec(head);
    const isFramed = length !== null || CHUNKED.test(head);
    this.observer.head(isFramed ? Number(head.slice(9, 12)) : 0);
    this.remaining = length ? Number(length[1]) : 0;
    if (!isFramed || (length && this.remaining === 0)) this.finish();
    else this.step = length ? this.readBody : this.readChunkSize;
    return end + HEAD_END.length;
  }

  readBody(bytes) {
    const piece = this.take(bytes);
    if (this.remaining === 0) this.finish();
    return piece;
  }

  readChunkSize(bytes) {
    const end = bytes.indexOf('\r\n');
    if (end === -1) return 0;
    this.remaining = Number.parseInt(bytes.latin1Slice(0, end), 16);
    this.step = this.remaining === 0 ? this.readLastLine : this.readChunk;
    return end + 2;
  }

  readChunk(bytes) {
    const piece = this.take(bytes);
    if (this.remaining === 0) this.step = this.readChunkEnd;
    return piece;
  }

  readChunkEnd(bytes) {
    if (bytes.length < 2) return 0;
    this.step = this.readChunkSize;
    return 2;
  }

  /** The upstream sends no trailers. */
  readLastLine(bytes) {
    if (bytes.length < 2) return 0;
    this.finish();
    return 2;
  }

  take(bytes) {
    const piece = bytes.length > this.remaining ? bytes.subarray(0, this.remaining) : bytes;
    this.remaining -= piece.length;
    this.observer.data(piece);
    return piece.length;
  }

  finish() {
    this.step = this.readHead;
    this.observer.end();
  }
}
