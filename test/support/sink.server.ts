import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface SinkRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the server does with a request: a status, or anything else with the response. */
export type SinkAnswer = number | ((request: SinkRequest, response: ServerResponse) => void);

/** An HTTP server that receives events on loopback, and answers as the test says. */
export class SinkServer {
  /** Whole requests, in order. */
  readonly requests: SinkRequest[] = [];
  /** For requests without an answer of their own. */
  answer: SinkAnswer = 200;
  private readonly answers: SinkAnswer[] = [];
  private readonly server = createServer((request, response) => void this.receive(request, response));

  static async start(): Promise<SinkServer> {
    const sink = new SinkServer();
    sink.server.listen(0, '127.0.0.1');
    await once(sink.server, 'listening');
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers of the next requests, in order. */
  next(...answers: SinkAnswer[]): void {
    this.answers.push(...answers);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return;
    const request = { path: incoming.url!, headers: incoming.headers, body };
    this.requests.push(request);
    const answer = this.answers.shift() ?? this.answer;
    if (typeof answer === 'function') answer(request, response);
    else response.writeHead(answer).end();
  }
}
