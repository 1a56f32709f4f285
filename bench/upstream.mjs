// An upstream with low cost: it finds the end of a request and writes a prepared response.
import { createServer } from 'node:net';
import { RESPONSE_BODY, RESPONSE_HEADERS, eventText, receipt, UPSTREAM_KEY } from './exchange.mjs';

const HEAD_END = '\r\n\r\n';
const CREDENTIAL = new RegExp(`\\r\\nauthorization: *Bearer ${UPSTREAM_KEY}\\r\\n`, 'i');
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const STREAM = /^POST \S+\?chunks=(\d+)&interval=(\d+) /;
const UPLOAD = /^POST \/v1\/files /;

const headers = (type, more) =>
  [`content-type: ${type}`, ...RESPONSE_HEADERS.map(([name, value]) => `${name}: ${value}`), more].join('\r\n');
const whole = (status, body) =>
  Buffer.from(`HTTP/1.1 ${status}\r\n${headers('application/json', `content-length: ${body.length}`)}\r\n\r\n${body}`);

const JSON_RESPONSE = whole('200 OK', RESPONSE_BODY);
const REFUSAL = whole('401 Unauthorized', '{"error":{"message":"not the upstream key"}}');
const STREAM_HEAD = `HTTP/1.1 200 OK\r\n${headers('text/event-stream; charset=utf-8', 'transfer-encoding: chunked')}\r\n\r\n`;

const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** A connection of a client, with one request after the other. */
class ClientConnection {
  constructor(socket) {
    this.socket = socket;
    this.buffered = undefined;
    this.head = undefined;
    this.length = 0;
    this.remaining = 0;
    this.timer = undefined;
  }

  feed(bytes) {
    let rest = this.buffered ? Buffer.concat([this.buffered, bytes]) : bytes;
    this.buffered = undefined;
    if (this.head === undefined) {
      rest = this.readHead(rest);
      if (rest === undefined) return;
    }
    this.remaining -= rest.length;
    if (this.remaining <= 0) this.respond();
  }

  /** Returns the bytes after the head; undefined while the head is incomplete. */
  readHead(bytes) {
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) {
      this.buffered = bytes;
      return undefined;
    }
    this.head = bytes.latin1Slice(0, end + 2);
    this.remaining = this.length = Number(LENGTH.exec(this.head)?.[1] ?? 0);
    return bytes.subarray(end + HEAD_END.length);
  }

  respond() {
    const { head, socket } = this;
    this.head = undefined;
    const stream = STREAM.exec(head);
    if (!CREDENTIAL.test(head)) socket.write(REFUSAL);
    else if (stream) this.stream(Number(stream[1]), Number(stream[2]));
    else socket.write(UPLOAD.test(head) ? whole('200 OK', receipt(this.length)) : JSON_RESPONSE);
  }

  /** Writes each event on its own when it is due. */
  stream(chunks, intervalMs) {
    let sent = 0;
    this.socket.write(STREAM_HEAD);
    const next = () => {
      this.socket.write(chunk(eventText(sent)));
      sent += 1;
      if (sent < chunks) return;
      clearInterval(this.timer);
      this.socket.write('0\r\n\r\n');
    };
    this.timer = setInterval(next, intervalMs);
    next();
  }

  end() {
    clearInterval(this.timer);
  }
}

createServer({ noDelay: true }, (socket) => {
  const connection = new ClientConnection(socket);
  socket.on('data', (bytes) => connection.feed(bytes));
  socket.on('error', () => undefined);
  socket.once('close', () => connection.end());
}).listen(Number(process.argv[2]), '127.0.0.1');
