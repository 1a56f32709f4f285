import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { MANAGEMENT_TOKEN } from '../../support/app.js';
import { until } from '../../support/until.js';
import type { Cluster } from '../cluster.js';
import type { Random } from '../random.js';
import type { Answer, Call } from './audit.calls.js';
import { AuditWork } from './audit.work.js';

/** For a server that starts on a busy machine. */
const PATIENCE_MS = 120_000;
const LONGEST_PAUSE_MS = 10;
/** While the store is away, refusals come at once. */
const STORE_PAUSE_MS = 50;
/** The server does not say whether the change was made. */
const UNDECIDED = new Set(['store_unavailable', 'audit_unavailable', 'draining']);

export interface Sending {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** The credential; that of root unless it is given. */
  readonly credential?: string;
}

/** Clients that change projects and tokens through any replica that lives, each call with a request id of its own. */
export class AuditClients {
  readonly calls: Call[] = [];
  private done = 0;
  private readonly agent = new Agent({ connections: 16, pipelining: 1 });
  private isStopped = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly random: Random,
    /** The credential of an operator that may only read. */
    private readonly viewer: string,
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

  /** So many changes are made from now on. */
  async progress(calls: number): Promise<void> {
    const from = this.done;
    await until('changes are made', () => this.done - from >= calls, PATIENCE_MS);
  }

  /** Each has projects and tokens of its own, so that it knows what its calls make of them. */
  private async client(): Promise<void> {
    const work = new AuditWork(this.random, this.viewer, async (call, sending) => this.send(call, sending));
    while (!this.isStopped) {
      await work.next();
      await sleep(this.random.int(0, LONGEST_PAUSE_MS));
    }
  }

  private async send(facts: Omit<Call, 'id' | 'answer'> & { id?: string }, sending: Sending): Promise<[Call, object]> {
    const call: Call = { id: randomUUID(), answer: 'unsent', ...facts };
    const port = this.cluster.port(this.random.int(0, this.cluster.size - 1));
    if (port === undefined) return [call, {}];
    this.calls.push(call);
    try {
      const { credential = MANAGEMENT_TOKEN } = sending;
      const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}${sending.path}`, {
        method: sending.method,
        headers: {
          authorization: `Bearer ${credential}`,
          'x-request-id': call.id,
          ...(sending.body && { 'content-type': 'application/json' }),
        },
        ...(sending.body && { body: JSON.stringify(sending.body) }),
        dispatcher: this.agent,
      });
      // The change is committed before the first byte, but a client that misses the last one cannot know.
      call.answer = 'unknown';
      const text = await body.text();
      call.status = statusCode;
      call.code = String(headers['x-proxy-error'] ?? (text.startsWith('{') ? (JSON.parse(text) as Refusal).code : ''));
      call.answer = answerOf(statusCode, call.code);
      if (call.answer === 'done') this.done += 1;
      if (call.answer === 'undecided') await sleep(STORE_PAUSE_MS);
      return [call, text.startsWith('{') ? (JSON.parse(text) as object) : {}];
    } catch (error) {
      call.answer = (error as { code?: string }).code === 'ECONNREFUSED' ? 'unsent' : 'unknown';
      return [call, {}];
    }
  }
}

interface Refusal {
  code?: string;
}

function answerOf(status: number, code: string): Answer {
  if (status < 300) return 'done';
  return UNDECIDED.has(code) ? 'undecided' : 'refused';
}
