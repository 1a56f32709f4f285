import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connector } from '../../src/upstream/upstream.connector.js';
import { UpstreamPool } from '../../src/upstream/upstream.pool.js';
import { allowedBy } from '../support/upstream.allowed.js';
import { type ResponsePlan, responsePlans } from '../support/upstream.responses.js';
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

/** Generates the plans in batches: all of them at once would take gigabytes. */
function* generated(): Generator<ResponsePlan> {
  for (let done = 0; done < numRuns; done += BATCH)
    yield* fc.sample(fc.noShrink(responsePlans), { numRuns: Math.min(BATCH, numRuns - done), seed: seed + done });
}

/** Sends the planned response to every request. */
class PlannedServer {
  private readonly sending = new Set<Promise<void>>();
  private readonly open = new Set<Socket>();
  plan: ResponsePlan | undefined;
  readonly server = createServer({ noDelay: true }, (socket) => {
    let text = '';
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        text += bytes.toString('latin1');
        if (!text.endsWith('\r\n\r\n')) return;
        if (text.includes('/canary')) socket.write(CANARY);
        else {
          const sent = this.send(socket, this.plan!).then(() => void this.sending.delete(sent));
          this.sending.add(sent);
        }
        text = '';
      });
  });

  /** Resolves once everything is sent and had time to arrive. */
  async quiet(): Promise<void> {
    await turns(2);
    while (this.sending.size > 0) await Promise.all(this.sending);
    await turns(3);
  }

  closeAll(): void {
    for (const socket of this.open) socket.end();
    this.open.clear();
  }

  private async send(socket: Socket, { text, cuts, end }: ResponsePlan): Promise<void> {
    let at = 0;
    for (const cut of [...cuts, text.length]) {
      if (at < text.length && !socket.destroyed) socket.write(text.slice(at, at + cut), 'latin1');
      at += cut;
      await turns(2);
    }
    // A reset discards unread bytes, which would differ between clients.
    while (!socket.destroyed && socket.writableLength > 0) await turns(1);
    await turns(8);
    if (end === 'fin') socket.end();
    else if (end === 'rst') socket.resetAndDestroy();
    else this.open.add(socket);
  }
}

describe('upstream responses', () => {
  const counts = { valid: 0, odd: 0, mutated: 0, accepted: 0, refused: 0, 'refused by us alone': 0, canaries: 0 };
  const allowed = new Map<string, number>();
  const server = new PlannedServer();
  let disagreements = 0;
  let pool: UpstreamPool;
  let undici: Pool;
  let readers: [Reader, Reader, Reader];

  beforeAll(async () => {
    await once(server.server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.server.address() as AddressInfo;
    const origin = `http://127.0.0.1:${port}`;
    pool = new UpstreamPool({
      connect: connector(origin, { timeoutMs: 5000 }),
      maxConnections: undefined,
      idleMs: 10_000,
    });
    undici = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 });
    readers = [readByOurs(pool), readByUndici(undici), readByNode(port)];
  });
  afterAll(async () => {
    pool.close();
    await undici.destroy();
    server.server.close();
    const stated = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    for (const [why, count] of allowed)
      process.stdout.write(`upstream differential: ${count} accepted by us alone: ${why}\n`);
    process.stdout.write(
      `upstream differential: ${numRuns} responses, seed ${seed}, ${stated.join(', ')}, ${disagreements} disagreements\n`,
    );
  });

  /** All three clients read the response. If ours accepts it on an open connection, its next request must get its own response. */
  async function read(plan: ResponsePlan): Promise<Reading[]> {
    server.plan = plan;
    let ours: Reading;
    const readings = readers.map((reader) => reader(plan.method, '/planned'));
    void readings[0]!.then((reading) => (ours = reading));
    // Each client needs a few turns to connect and to send its request.
    await turns(6);
    await server.quiet();
    if (plan.end === 'stay' && ours) {
      counts.canaries += 1;
      const next = await readers[0]('GET', '/canary');
      if (next?.body !== 'canary') throw new Error(`seed ${seed}, the next response: ${brief({ plan, next })}`);
    }
    server.closeAll();
    const all = Promise.all(readings);
    // Again and again: ours may send the request once more, on a connection that stays open too.
    const closing = setInterval(() => server.closeAll(), 1);
    await all;
    clearInterval(closing);
    await server.quiet();
    return all;
  }

  function compare(plan: ResponsePlan, [ours, ...others]: Reading[]): void {
    counts[ours ? 'accepted' : 'refused'] += 1;
    if (!ours) {
      if (others.some(Boolean)) counts['refused by us alone'] += 1;
      return;
    }
    for (const [i, other] of others.entries()) {
      if (JSON.stringify(ours) === JSON.stringify(other)) continue;
      const why = allowedBy(plan, ours, other, i === 0 ? 'undici' : 'node');
      if (why !== undefined) allowed.set(why, (allowed.get(why) ?? 0) + 1);
      else {
        disagreements += 1;
        throw new Error(`seed ${seed}, ${i === 0 ? 'undici' : 'node'}: ${brief({ plan, ours, other })}`);
      }
    }
  }

  it(`of ${numRuns} (seed ${seed}) are accepted by us only as other clients read them`, async () => {
    const differences: unknown[] = [];
    for (const plan of generated()) {
      counts[plan.kind] += 1;
      const late = setTimeout(() => process.stdout.write(`no client has finished: ${brief(plan)}\n`), 5000);
      try {
        compare(plan, await read(plan));
      } catch (difference) {
        differences.push(difference);
      }
      clearTimeout(late);
    }
    expect(differences.slice(0, 10)).toEqual([]);
  }, 1_200_000);
});
