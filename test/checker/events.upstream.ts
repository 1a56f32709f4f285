import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The figures of every response of the upstream. */
export const FIGURES = { prompt_tokens: 19, completion_tokens: 10, total_tokens: 29 };
export const MODEL = 'gpt-4o-mini-2024-07-18';

/** An upstream that records the `x-request-id` of each call and answers with usage: JSON, or an event stream. */
export class EventsUpstream {
  /** When each call came, performance.now(), by the id of its client. */
  readonly calls = new Map<string, number>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.calls.set(String(request.headers['x-request-id']), performance.now());
      request.resume().once('end', () => respond(response, String(request.headers['accept'])));
    });
  }

  static async start(): Promise<EventsUpstream> {
    const upstream = new EventsUpstream();
    await once(upstream.server.listen(0, '127.0.0.1'), 'listening');
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function respond(response: ServerResponse, accept: string): void {
  const id = 'chatcmpl-checker';
  if (accept !== 'text/event-stream') {
    const body = JSON.stringify({ id, object: 'chat.completion', model: MODEL, choices: [], usage: FIGURES });
    response.setHeader('content-type', 'application/json').end(body);
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  const event = (chunk: object): void =>
    void response.write(`data: ${JSON.stringify({ id, model: MODEL, ...chunk })}\n\n`);
  event({ choices: [{ index: 0, delta: { content: 'a' } }], usage: null });
  setTimeout(() => {
    event({ choices: [], usage: FIGURES });
    response.end('data: [DONE]\n\n');
  }, 30);
}
