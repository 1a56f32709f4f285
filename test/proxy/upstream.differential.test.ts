import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connector } from '../../src/upstream/upstream.connector.js';
import { UpstreamPool } from '../../src/upstream/upstream.pool.js';
import { allowedBy } from '../support/upstream.allowed.js';
import { type AnswerPlan, answerPlans } from '../support/upstream.answers.js';
import { type Reader, readByNode, readByOurs, readByUndici, type Reading } from '../support/upstream.readers.js';

const seed = Number(process.env['UPSTREAM_DIFFERENTIAL_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['UPSTREAM_DIFFERENTIAL_RUNS'] ?? 1500);
const BATCH = 500;
const CANARY = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ncanary';

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};
const brief = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(/(.)\1{30,}/g, (all, one: string) => `${one}{${all.length}}`)
    .slice(0, 3000);

/** A few at a time: all of them would be gigabytes. */
function* generated(): Generator<AnswerPlan> {
  for (let done = 0; done < numRuns; done += BATCH)
    yield* fc.sample(fc.noShrink(answerPlans), { numRuns: Math.min(BATCH, numRuns - done), seed: seed + done });
}

/** Says one answer to each who asks, and has said it when nobody waits for more of it. */
class SayingServer {
  private readonly saying = new Set<Promise<void>>();
  private readonly staying = new Set<Socket>();
  plan: AnswerPlan | undefined;
  readonly server = createServer({ noDelay: true }, (socket) => {
    let text = '';
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        text += bytes.toString('latin1');
        if (!text.endsWith('\r\n\r\n')) return;
        if (text.includes('/canary')) socket.write(CANARY);
        else {
          const said = this.say(socket, this.plan!).then(() => void this.saying.delete(said));
          this.saying.add(said);
        }
        text = '';
      });
  });

  /** All that was to be said was said, and heard. */
  async quiet(): Promise<void> {
    await turns(2);
    while (this.saying.size > 0) await Promise.all(this.saying);
    await turns(3);
  }

  leave(): void {
    for (const socket of this.staying) socket.end();
    this.staying.clear();
  }

  private async say(socket: Socket, { text, cuts, end }: AnswerPlan): Promise<void> {
    let at = 0;
    for (const cut of [...cuts, text.length]) {
      if (at < text.length && !socket.destroyed) socket.write(text.slice(at, at + cut), 'latin1');
      at += cut;
      await turns(2);
    }
    // What the client has not taken by now would be lost with a reset, to one client and not to another.
    while (!socket.destroyed && socket.writableLength > 0) await turns(1);
    await turns(8);
    if (end === 'fin') socket.end();
    else if (end === 'rst') socket.resetAndDestroy();
    else this.staying.add(socket);
  }
}

describe('upstream answers', () => {
  const counts = { valid: 0, odd: 0, mutated: 0, taken: 0, refused: 0, 'refused by us alone': 0, canaries: 0 };
  const allowed = new Map<string, number>();
  const says = new SayingServer();
  let disagreements = 0;
  let ours: UpstreamPool;
  let undici: Pool;
  let readers: [Reader, Reader, Reader];

  beforeAll(async () => {
    await once(says.server.listen(0, '127.0.0.1'), 'listening');
    const { port } = says.server.address() as AddressInfo;
    const origin = `http://127.0.0.1:${port}`;
    ours = new UpstreamPool({
      connect: connector(origin, { timeoutMs: 5000 }),
      maxConnections: undefined,
      idleMs: 10_000,
    });
    undici = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 });
    readers = [readByOurs(ours), readByUndici(undici), readByNode(port)];
  });
  afterAll(async () => {
    ours.close();
    await undici.destroy();
    says.server.close();
    const stated = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    for (const [why, count] of allowed)
      process.stdout.write(`upstream differential: ${count} taken by us alone: ${why}\n`);
    process.stdout.write(
      `upstream differential: ${numRuns} answers, seed ${seed}, ${stated.join(', ')}, ${disagreements} disagreements\n`,
    );
  });

  /** All three read it; whoever has taken an answer on a connection that stays asks for another, and gets that one. */
  async function read(plan: AnswerPlan): Promise<Reading[]> {
    says.plan = plan;
    let mine: Reading;
    const readings = readers.map((reader) => reader(plan.method, '/answer'));
    void readings[0]!.then((reading) => (mine = reading));
    // A connection is open, and has been asked, before it can have been answered.
    await turns(6);
    await says.quiet();
    if (plan.end === 'stay' && mine) {
      counts.canaries += 1;
      const next = await readers[0]('GET', '/canary');
      if (next?.body !== 'canary') throw new Error(`seed ${seed}, the next answer: ${brief({ plan, next })}`);
    }
    says.leave();
    const all = await Promise.all(readings);
    await says.quiet();
    return all;
  }

  function judge(plan: AnswerPlan, [mine, ...others]: Reading[]): void {
    counts[mine ? 'taken' : 'refused'] += 1;
    if (!mine) {
      if (others.some(Boolean)) counts['refused by us alone'] += 1;
      return;
    }
    for (const [i, other] of others.entries()) {
      if (JSON.stringify(mine) === JSON.stringify(other)) continue;
      const why = allowedBy(plan, mine, other, i === 0 ? 'undici' : 'node');
      if (why !== undefined) allowed.set(why, (allowed.get(why) ?? 0) + 1);
      else {
        disagreements += 1;
        throw new Error(`seed ${seed}, ${i === 0 ? 'undici' : 'node'}: ${brief({ plan, mine, other })}`);
      }
    }
  }

  it(`of ${numRuns} (seed ${seed}) are taken by us only as others take them`, async () => {
    const faults: unknown[] = [];
    for (const plan of generated()) {
      counts[plan.kind] += 1;
      const late = setTimeout(() => process.stdout.write(`nobody ends: ${brief(plan)}\n`), 5000);
      try {
        judge(plan, await read(plan));
      } catch (fault) {
        faults.push(fault);
      }
      clearTimeout(late);
    }
    expect(faults.slice(0, 10)).toEqual([]);
  }, 1_200_000);
});
