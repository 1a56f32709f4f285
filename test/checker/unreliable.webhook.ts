import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Random } from './random.js';

export interface DeliveredEvent {
  readonly id: string;
  readonly kind: string;
  readonly request_id: string;
}

/** A webhook that takes events, answers 500, hangs, or stores the events and then breaks the connection. */
export class UnreliableWebhook {
  readonly delivered: DeliveredEvent[] = [];
  /** True: everything is taken at once, so that a trial can end. */
  isCalm = false;
  private readonly server: Server;

  private constructor(private readonly random: Random) {
    this.server = createServer((request, response) => void this.receive(request, response).catch(() => undefined));
  }

  static async start(random: Random): Promise<UnreliableWebhook> {
    const webhook = new UnreliableWebhook(random);
    await once(webhook.server.listen(0, '127.0.0.1'), 'listening');
    return webhook;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { events } = (await json(request)) as { events: DeliveredEvent[] };
    const chance = this.isCalm ? 1 : this.random.next();
    if (chance < 0.15) return void response.writeHead(500).end();
    if (chance < 0.2) return void setTimeout(() => response.destroy(), 400);
    this.delivered.push(...events.filter(({ kind }) => kind !== 'notice'));
    if (chance < 0.3) return void setTimeout(() => response.destroy(), 100);
    response.writeHead(204).end();
  }
}
