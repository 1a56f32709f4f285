const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/**
 * Reads the answers on one connection, by length or in chunks. `to` is told `head(status)`, `data(bytes)` with the
 * body's own bytes, and `end()`; an answer framed in neither way has status 0. A client library here would cost more
 * than what it measures.
 */
export class AnswerReader {
  constructor(to) {
    this.to = to;
    this.step = this.readHead;
    this.left = 0;
    this.kept = undefined;
  }

  feed(bytes) {
    let rest = this.kept ? Buffer.concat([this.kept, bytes]) : bytes;
    this.kept = undefined;
    while (rest.length > 0) {
      const used = this.step(rest);
      if (used === 0) {
        this.kept = rest;
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /** Each step says how many bytes it used: none, when it needs more. */
  readHead(bytes) {
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) return 0;
    const head = bytes.latin1Slice(0, end);
    const length = LENGTH.exec(head);
    const isFramed = length !== null || CHUNKED.test(head);
    this.to.head(isFramed ? Number(head.slice(9, 12)) : 0);
    this.left = length ? Number(length[1]) : 0;
    if (!isFramed || (length && this.left === 0)) this.finish();
    else this.step = length ? this.readBody : this.readChunkSize;
    return end + HEAD_END.length;
  }

  readBody(bytes) {
    const piece = this.take(bytes);
    if (this.left === 0) this.finish();
    return piece;
  }

  readChunkSize(bytes) {
    const end = bytes.indexOf('\r\n');
    if (end === -1) return 0;
    this.left = Number.parseInt(bytes.latin1Slice(0, end), 16);
    this.step = this.left === 0 ? this.readLastLine : this.readChunk;
    return end + 2;
  }

  readChunk(bytes) {
    const piece = this.take(bytes);
    if (this.left === 0) this.step = this.readChunkEnd;
    return piece;
  }

  readChunkEnd(bytes) {
    if (bytes.length < 2) return 0;
    this.step = this.readChunkSize;
    return 2;
  }

  /** Nobody here sends trailers. */
  readLastLine(bytes) {
    if (bytes.length < 2) return 0;
    this.finish();
    return 2;
  }

  take(bytes) {
    const piece = bytes.length > this.left ? bytes.subarray(0, this.left) : bytes;
    this.left -= piece.length;
    this.to.data(piece);
    return piece.length;
  }

  finish() {
    this.step = this.readHead;
    this.to.end();
  }
}
