// An upstream that costs little: it finds the end of a request and writes what stands ready.
import { createServer } from 'node:net';
import { ANSWER, ANSWER_HEADERS, eventText, receipt, UPSTREAM_KEY } from './exchange.mjs';

const HEAD_END = '\r\n\r\n';
const CREDENTIAL = new RegExp(`\\r\\nauthorization: *Bearer ${UPSTREAM_KEY}\\r\\n`, 'i');
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const STREAM = /^POST \S+\?chunks=(\d+)&interval=(\d+) /;
const UPLOAD = /^POST \/v1\/files /;

const headers = (type, more) =>
  [`content-type: ${type}`, ...ANSWER_HEADERS.map(([name, value]) => `${name}: ${value}`), more].join('\r\n');
const whole = (status, body) =>
  Buffer.from(`HTTP/1.1 ${status}\r\n${headers('application/json', `content-length: ${body.length}`)}\r\n\r\n${body}`);

const JSON_ANSWER = whole('200 OK', ANSWER);
const REFUSAL = whole('401 Unauthorized', '{"error":{"message":"not the upstream key"}}');
const STREAM_HEAD = `HTTP/1.1 200 OK\r\n${headers('text/event-stream; charset=utf-8', 'transfer-encoding: chunked')}\r\n\r\n`;

const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** One client's connection: requests one after the other. */
class Conversation {
  constructor(socket) {
    this.socket = socket;
    this.kept = undefined;
    this.head = undefined;
    this.length = 0;
    this.left = 0;
    this.timer = undefined;
  }

  feed(bytes) {
    let rest = this.kept ? Buffer.concat([this.kept, bytes]) : bytes;
    this.kept = undefined;
    if (this.head === undefined) {
      rest = this.readHead(rest);
      if (rest === undefined) return;
    }
    this.left -= rest.length;
    if (this.left <= 0) this.answer();
  }

  /** What follows the head; nothing, while it is not complete. */
  readHead(bytes) {
    const end = bytes.indexOf(HEAD_END);
    if (end === -1) {
      this.kept = bytes;
      return undefined;
    }
    this.head = bytes.latin1Slice(0, end + 2);
    this.left = this.length = Number(LENGTH.exec(this.head)?.[1] ?? 0);
    return bytes.subarray(end + HEAD_END.length);
  }

  answer() {
    const { head, socket } = this;
    this.head = undefined;
    const stream = STREAM.exec(head);
    if (!CREDENTIAL.test(head)) socket.write(REFUSAL);
    else if (stream) this.stream(Number(stream[1]), Number(stream[2]));
    else socket.write(UPLOAD.test(head) ? whole('200 OK', receipt(this.length)) : JSON_ANSWER);
  }

  /** Every event leaves in a write of its own, when its time has come. */
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
  const conversation = new Conversation(socket);
  socket.on('data', (bytes) => conversation.feed(bytes));
  socket.on('error', () => undefined);
  socket.once('close', () => conversation.end());
}).listen(Number(process.argv[2]), '127.0.0.1');
