import { once } from 'node:events';
import { connect } from 'node:net';
import { AnswerReader } from './answer.reader.mjs';

/** Has no answer to read. */
const IDLE = { head: () => undefined, data: () => undefined, end: () => undefined, broken: () => undefined };

/** One kept-alive connection, one request at a time. Whoever asks is told the answer as an AnswerReader tells it, or `broken()`. */
export class Line {
  static async open(port) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Line(socket);
  }

  constructor(socket) {
    this.socket = socket;
    this.isOpen = true;
    this.to = IDLE;
    const reader = new AnswerReader({
      head: (status) => this.to.head(status),
      data: (bytes) => this.to.data(bytes),
      end: () => this.settle().end(),
    });
    socket.on('data', (bytes) => reader.feed(bytes));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.isOpen = false;
      this.settle().broken();
    });
  }

  ask(request, to) {
    this.to = to;
    this.socket.write(request);
  }

  close() {
    this.to = IDLE;
    this.socket.destroy();
  }

  settle() {
    const { to } = this;
    this.to = IDLE;
    return to;
  }
}

/** Compares an answer with what it must be, byte by byte, and says once whether it was. */
export class Check {
  constructor(body, done) {
    this.body = body;
    this.done = done;
    this.at = 0;
    this.correct = true;
  }

  head(status) {
    if (status !== 200) this.correct = false;
  }

  data(bytes) {
    const expected = this.body.subarray(this.at, this.at + bytes.length);
    if (this.correct && !expected.equals(bytes)) this.correct = false;
    this.at += bytes.length;
  }

  end() {
    this.done(this.correct && this.at === this.body.length);
  }

  broken() {
    this.done(false);
  }
}
