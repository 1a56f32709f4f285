import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ANSWER, jsonRequest } from './exchange.mjs';
import { CAP, OurServer } from './targets/ours.mjs';

const REST_MS = 5000;
/** PostgreSQL's processes tell their counts once a second. */
const COUNTED_AFTER_MS = 1500;
const TOKENS = 50;

/** What PostgreSQL sees of a replica: transactions a second of a replica at rest, and a thousand requests under load. */
export async function databaseLoad(bench, upstreamPort) {
  const databaseUrl = await bench.postgresUrl();
  if (databaseUrl === undefined) return [];
  const server = await new OurServer({ folder: bench.folder(), upstreamPort, databaseUrl }).start();
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    const count = counter(client);
    const atRest = await count(async () => sleep(REST_MS));
    const rate = atRest.transactions / atRest.seconds;
    const lines = [[`at rest, a second`, rate.toFixed(1)]];
    for (const [name, cap, tokens] of [
      ['uncapped', undefined, 1],
      ['one capped token', CAP, 1],
      [`${TOKENS} capped tokens`, CAP, TOKENS],
    ]) {
      const requests = (await secrets(server, tokens, cap)).map(jsonRequest);
      await load(bench, server, requests, bench.options.sizes.json.warmMs);
      let answered = 0;
      const { transactions, seconds } = await count(async () => {
        answered = await load(bench, server, requests, REST_MS);
      });
      const own = Math.max(0, transactions - rate * seconds);
      lines.push([`${name}, for 1,000 requests`, ((own / answered) * 1000).toFixed(1)]);
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
  return (await bench.load(target, 'closedLoop', { requests, body: ANSWER, connections, ms })).ok;
}

/** Transactions of the database while `work` runs, without those that count. */
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
