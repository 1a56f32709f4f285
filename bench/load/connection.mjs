import { once } from 'node:events';
import { connect } from 'node:net';
import { ResponseReader } from './response.reader.mjs';

/** The observer between requests. */
const IDLE = { head: () => undefined, data: () => undefined, end: () => undefined, broken: () => undefined };

/** A keep-alive connection for one request at a time. It calls its observer as a ResponseReader does, or `broken()`. */
export class Connection {
  static async open(port) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  constructor(socket) {
    this.socket = socket;
    this.isOpen = true;
    this.observer = IDLE;
    const reader = new ResponseReader({
      head: (status) => this.observer.head(status),
      data: (bytes) => this.observer.data(bytes),
      end: () => this.settle().end(),
    });
    socket.on('data', (bytes) => reader.feed(bytes));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.isOpen = false;
      this.settle().broken();
    });
  }

  send(request, observer) {
    this.observer = observer;
    this.socket.write(request);
  }

  close() {
    this.observer = IDLE;
    this.socket.destroy();
  }

  settle() {
    const { observer } = this;
    this.observer = IDLE;
    return observer;
  }
}

/** Compares a response with the expected one byte by byte, and calls `done(correct)` once. */
export class ResponseCheck {
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
