import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { RESPONSE_BODY, jsonRequest } from './exchange.mjs';
import { CAP, OurServer } from './targets/ours.mjs';

const IDLE_MS = 5000;
/** The processes of PostgreSQL publish their counts once a second. */
const COUNTED_AFTER_MS = 1500;
const TOKENS = 50;

/** The transactions of one replica in PostgreSQL: per second while it is idle, and per 1,000 requests under load. */
export async function databaseLoad(bench, upstreamPort) {
  const databaseUrl = await bench.postgresUrl();
  if (databaseUrl === undefined) return [];
  const server = await new OurServer({ folder: bench.folder(), upstreamPort, databaseUrl }).start();
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    const count = counter(client);
    const idle = await count(async () => sleep(IDLE_MS));
    const rate = idle.transactions / idle.seconds;
    const lines = [['idle, per second', rate.toFixed(1)]];
    for (const [name, cap, tokens] of [
      ['uncapped', undefined, 1],
      ['one capped token', CAP, 1],
      [`${TOKENS} capped tokens`, CAP, TOKENS],
    ]) {
      const requests = (await secrets(server, tokens, cap)).map(jsonRequest);
      await load(bench, server, requests, bench.options.sizes.json.warmMs);
      let responses = 0;
      const { transactions, seconds } = await count(async () => {
        responses = await load(bench, server, requests, IDLE_MS);
      });
      const own = Math.max(0, transactions - rate * seconds);
      lines.push([`${name}, per 1,000 requests`, ((own / responses) * 1000).toFixed(1)]);
    }
    return lines;
  } finally {
    await client.end();
    await server.stop();
  }
}

async function secrets(server, tokens, cap) {
  const project = await server.project(`${tokens} ${cap}`);
  const list = [];
  for (let i = 0; i < tokens; i += 1) list.push(await server.token(project, cap));
  return list;
}

async function load(bench, { port }, requests, ms) {
  const { connections } = bench.options.sizes.json;
  const target = { name: 'postgres', port };
  return (await bench.load(target, 'closedLoop', { requests, body: RESPONSE_BODY, connections, ms })).ok;
}

/** Counts the transactions of the database while `work` runs, without those of the counting itself. */
function counter(client) {
  const total = async () => {
    const { rows } = await client.query(
      'SELECT xact_commit + xact_rollback AS all FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(rows[0].all);
  };
  return async (work) => {
    await sleep(COUNTED_AFTER_MS);
    const [before, startedAt] = [await total(), performance.now()];
    await work();
    await sleep(COUNTED_AFTER_MS);
    const transactions = (await total()) - before - 1;
    return { transactions, seconds: (performance.now() - startedAt) / 1000 };
  };
}
