import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import { Pool } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connector } from '../src/upstream/upstream.connector.js';
import { UpstreamPool } from '../src/upstream/upstream.pool.js';
import { type AnswerPlan, answerPlans } from './support/upstream.answers.js';
import { type Reader, readByNode, readByOurs, readByUndici, type Reading } from './support/upstream.readers.js';

const seed = Number(process.env['UPSTREAM_DIFFERENTIAL_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['UPSTREAM_DIFFERENTIAL_RUNS'] ?? 1500);
const CANARY = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Canary: 1\r\n\r\ncanary';

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
};
const brief = (text: string): string =>
  JSON.stringify(text.replaceAll(/(.)\1{30,}/g, (all, one: string) => `${one}{${all.length}}`));
const same = (a: Reading, b: Reading): boolean => JSON.stringify(a) === JSON.stringify(b);

describe('upstream answers', () => {
  const counts = { valid: 0, odd: 0, mutated: 0, taken: 0, refused: 0, stricter: 0, allowed: 0, canaries: 0 };
  const classes = new Map<string, number>();
  let disagreements = 0;
  let plan: AnswerPlan;
  let written: (() => void)[] = [];
  let staying: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    let text = '';
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        text += bytes.toString('latin1');
        if (!text.endsWith('\r\n\r\n')) return;
        const isCanary = text.includes('/canary');
        text = '';
        if (isCanary) socket.write(CANARY, 'latin1');
        else void say(socket);
      });
  });
  let ours: UpstreamPool;
  let undici: Pool;
  let readers: Reader[];

  async function say(socket: Socket): Promise<void> {
    const { text, cuts, end } = plan;
    let at = 0;
    for (const cut of [...cuts, text.length]) {
      if (at < text.length && !socket.destroyed) socket.write(text.slice(at, at + cut), 'latin1');
      at += cut;
      await turns(2);
    }
    await turns(2);
    if (end === 'fin') socket.end();
    else if (end === 'rst') {
      // What the client has not taken by now would be lost with the reset, to one client and not to another.
      if (text.length > 60_000) await turns(20);
      socket.resetAndDestroy();
    } else {
      staying.push(socket);
      written.pop()?.();
    }
  }

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const origin = `http://127.0.0.1:${port}`;
    ours = new UpstreamPool({
      connect: connector(origin, { timeoutMs: 5000 }),
      maxConnections: undefined,
      idleMs: 10_000,
    });
    undici = new Pool(origin, { connections: 100, headersTimeout: 0, bodyTimeout: 0 });
    readers = [readByOurs(ours), readByUndici(undici), readByNode(port)];
  });
  afterAll(async () => {
    ours.close();
    await undici.destroy();
    server.close();
    const stated = Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ');
    process.stdout.write(
      `upstream differential: ${numRuns} answers, seed ${seed}, ${stated}, ${disagreements} disagreements\n`,
    );
    console.log(classes);
  });

  async function run(): Promise<Reading[]> {
    staying = [];
    const all =
      plan.end === 'stay'
        ? Promise.all(readers.map(() => new Promise<void>((resolve) => written.push(resolve))))
        : undefined;
    const readings = readers.map((read) => read(plan.method, '/answer'));
    if (all) {
      await all;
      await turns(3);
      const [first] = await Promise.all([Promise.race([readings[0], turns(1)]), undefined]);
      if (first) {
        counts.canaries += 1;
        const canary = await readers[0]!('GET', '/canary');
        expect(canary?.body).toBe('canary');
      }
      for (const socket of staying) socket.end();
    }
    return Promise.all(readings);
  }

  it(`of ${numRuns} (seed ${seed}) are taken by us only as others take them`, async () => {
    for (const sample of fc.sample(answerPlans, { numRuns, seed })) {
      plan = sample;
      written = [];
      counts[plan.kind] += 1;
      const [mine, undicis, nodes] = await run();
      if (mine) counts.taken += 1;
      else counts.refused += 1;
      if (!mine) {
        if (undicis || nodes) counts.stricter += 1;
        continue;
      }
      if (same(mine, undicis) && same(mine, nodes)) continue;
      disagreements += 1;
      if (disagreements < 30)
        console.log(
          plan.method,
          plan.end,
          brief(plan.text.slice(0, 3000)),
          '\nours',
          brief(JSON.stringify(mine)).slice(0, 300),
          same(mine, undicis) ? '' : `\nundici ${undicis && brief(JSON.stringify(undicis)).slice(0, 300)}`,
          same(mine, nodes) ? '' : `\nnode ${nodes && brief(JSON.stringify(nodes)).slice(0, 300)}`,
        );
    }
  }, 600_000);
});
