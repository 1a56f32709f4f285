import { Agent, request } from 'undici';
import type { Cluster } from './cluster.js';
import type { Random } from './random.js';

const PAUSE_MS = 5;

/** What clients saw of one token. */
export interface Seen {
  served: number;
  /** Answers 503 `store_unavailable`: such a request may have been counted. */
  storeUnavailable: number;
  /** Connections that broke: so may one of these. */
  broken: number;
  /** Connections that were refused: nothing was sent. */
  refused: number;
  /** Refusals that the trial is about. */
  expected: number;
  /** Anything that should never be. */
  strange: string[];
  /** performance.now() at which the last request that was served began. */
  lastServedBegan: number;
}

/** Parallel clients of one token that call any replica that lives, again and again. */
export class Clients {
  readonly seen: Seen = {
    served: 0,
    storeUnavailable: 0,
    broken: 0,
    refused: 0,
    expected: 0,
    strange: [],
    lastServedBegan: 0,
  };
  /** Requests on their way, by replica. */
  readonly running: number[];
  private readonly agent = new Agent({ connections: 64, pipelining: 1 });
  private stopped = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly secret: string,
    private readonly random: Random,
    /** For the code of a refusal: whether the clients end or try again; undefined if it should never come. */
    private readonly expects: (code: string) => 'end' | 'again' | undefined,
  ) {
    this.running = Array.from({ length: cluster.size }, () => 0);
  }

  /** Resolves when every client has met its last refusal or was stopped. */
  async run(clients: number, replicas: readonly number[] = this.running.map((_, i) => i)): Promise<void> {
    await Promise.all(Array.from({ length: clients }, async () => this.client(replicas)));
    await this.agent.destroy();
  }

  stop(): void {
    this.stopped = true;
  }

  private async client(replicas: readonly number[]): Promise<void> {
    while (!this.stopped) {
      const i = this.random.pick(replicas);
      const port = this.cluster.port(i);
      if (port === undefined || (await this.call(i, port)) === 'wait')
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private async call(i: number, port: number): Promise<'on' | 'wait'> {
    const began = performance.now();
    this.running[i]! += 1;
    try {
      const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.secret}`, 'content-type': 'application/json' },
        body: '{"model":"gpt-4o"}',
        dispatcher: this.agent,
      });
      await body.dump();
      return this.note(statusCode, String(headers['x-proxy-error'] ?? ''), began);
    } catch (error) {
      if ((error as { code?: string }).code === 'ECONNREFUSED') this.seen.refused += 1;
      else this.seen.broken += 1;
      return 'wait';
    } finally {
      this.running[i]! -= 1;
    }
  }

  private note(status: number, code: string, began: number): 'on' | 'wait' {
    if (status === 200) {
      this.seen.served += 1;
      this.seen.lastServedBegan = Math.max(this.seen.lastServedBegan, began);
      return 'on';
    }
    const expected = this.expects(code);
    if (expected) {
      this.seen.expected += 1;
      this.stopped ||= expected === 'end';
    } else if (code === 'store_unavailable') this.seen.storeUnavailable += 1;
    else if (code !== 'draining') {
      this.seen.strange.push(`${status} ${code}`);
      this.stopped = true;
    }
    return 'wait';
  }
}

/** What a crowd got: status and code of the last response to each client, and how often the database was too busy to decide. */
export interface CrowdAnswers {
  readonly answers: readonly string[];
  readonly undecided: number;
}

/** One request each, all at once, in turn over the replicas. As an SDK does, a client repeats one that could not be decided. */
export async function crowd(cluster: Cluster, secret: string, size: number): Promise<CrowdAnswers> {
  const dispatcher = new Agent({ connections: size, pipelining: 1 });
  let undecided = 0;
  const answers = await Promise.all(
    Array.from({ length: size }, async (_, i) => {
      for (;;) {
        const { statusCode, headers, body } = await request(
          `http://127.0.0.1:${cluster.port(i % cluster.size)}/v1/chat/completions`,
          { method: 'POST', headers: { authorization: `Bearer ${secret}` }, body: '{}', dispatcher },
        );
        await body.dump();
        const code = String(headers['x-proxy-error'] ?? '');
        if (code !== 'store_unavailable') return `${statusCode} ${code}`;
        undecided += 1;
      }
    }),
  );
  await dispatcher.destroy();
  return { answers, undecided };
}
