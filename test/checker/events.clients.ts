import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { until } from '../support/until.js';
import type { Cluster } from './cluster.js';
import type { EventsUpstream } from './events.upstream.js';
import type { Random } from './random.js';

/** A call by its client. Times are those of performance.now(). */
export interface Call {
  readonly replica: number;
  readonly began: number;
  /** Of the whole response, or of the client's abort. */
  ended?: number;
}

/** For a server that starts on a busy machine. */
const PATIENCE_MS = 60_000;
const LONGEST_PAUSE_MS = 20;
const STREAMS = 0.4;
const ABORTS = 0.1;

/** Parallel clients of one token, each of whose calls has a request id of its own. */
export class EventsClients {
  /** By request id. */
  readonly calls = new Map<string, Call>();
  /** Responses with status 200. */
  served = 0;
  /** Refused with `store_unavailable`. */
  undecided = 0;
  /** Answers that should never be. */
  readonly strange: string[] = [];
  private readonly agent = new Agent({ connections: 64, pipelining: 1 });
  private isStopped = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster<EventsUpstream>,
    private readonly secret: string,
    private readonly random: Random,
  ) {}

  start(clients: number): void {
    this.running = Promise.all(Array.from({ length: clients }, async () => this.client()));
  }

  /** Resolves when every call has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
    await this.agent.destroy();
  }

  /** So many calls are served from now on. */
  async progress(calls: number): Promise<void> {
    const from = this.served;
    await until('calls are served', () => this.served - from >= calls, PATIENCE_MS);
  }

  private async client(): Promise<void> {
    while (!this.isStopped) {
      const replica = this.random.int(0, this.cluster.size - 1);
      const port = this.cluster.port(replica);
      if (port !== undefined) await this.call(replica, port);
      await sleep(this.random.int(0, LONGEST_PAUSE_MS));
    }
  }

  private async call(replica: number, port: number): Promise<void> {
    const id = randomUUID();
    const call: Call = { replica, began: performance.now() };
    this.calls.set(id, call);
    const isStream = this.random.next() < STREAMS;
    try {
      const answer = await request(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.secret}`,
          'content-type': 'application/json',
          accept: isStream ? 'text/event-stream' : 'application/json',
          'x-request-id': id,
        },
        body: isStream
          ? '{"model":"gpt-4o-mini","messages":[],"stream":true,"stream_options":{"include_usage":true}}'
          : '{"model":"gpt-4o-mini","messages":[]}',
        dispatcher: this.agent,
      });
      this.note(answer.statusCode, String(answer.headers['x-proxy-error']));
      if (isStream && this.random.next() < ABORTS) answer.body.on('error', () => undefined).destroy();
      else await answer.body.dump();
      call.ended = performance.now();
    } catch {
      // The server was killed: nothing is known of the call.
    }
  }

  /** On a busy machine a server may not know in time whether the token is still valid, or whether its record is stored. */
  private note(status: number, code: string): void {
    if (status === 200) this.served += 1;
    else if (code === 'store_unavailable') this.undecided += 1;
    else this.strange.push(`${status} ${code}`);
  }
}
