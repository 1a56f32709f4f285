import { request, type IncomingMessage } from 'node:http';
import { MANAGEMENT_TOKEN } from './app.js';
import { until } from './until.js';

export interface StreamEvent {
  id?: string;
  event?: string;
  data: Record<string, unknown>;
}

/** A client of an event stream. */
export class EventStream {
  private text = '';
  isEnded = false;

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (this.text += chunk));
    response.on('error', () => undefined);
    response.once('close', () => (this.isEnded = true));
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    // A cookie is looked at without another credential only.
    const credential = 'cookie' in headers ? {} : { authorization: `Bearer ${MANAGEMENT_TOKEN}` };
    const call = request(url, { headers: { ...credential, ...headers }, agent: false });
    call.end();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      call.once('response', resolve);
      call.once('error', reject);
    });
    call.on('error', () => undefined);
    return new EventStream(response);
  }

  /** The whole events so far. */
  get events(): StreamEvent[] {
    return this.text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => block.includes('data: '))
      .map((block) => {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
        return { ...fields, data: JSON.parse(fields['data'] as string) as StreamEvent['data'] } as StreamEvent;
      });
  }

  of(name: string): StreamEvent[] {
    return this.events.filter(({ event }) => event === name);
  }

  async has(name: string, count: number): Promise<StreamEvent[]> {
    await until(`${count} events ${name}`, () => this.of(name).length >= count);
    return this.of(name);
  }

  close(): void {
    this.response.destroy();
  }
}
