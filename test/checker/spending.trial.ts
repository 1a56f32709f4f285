import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/app.js';
import { Clients } from './clients.js';
import type { Cluster } from './cluster.js';
import type { Random } from './random.js';

export interface SpendingResult {
  cap: number;
  calls: number;
  counted: number;
  kills: { replicas: number; database: number };
  /** Calls upstream over the cap; must be 0. */
  overspend: number;
  /** Uses counted without a call: at most those in flight at a kill, or refused because the database did not answer. */
  lost: number;
  mayBeLost: number;
  strange: string[];
}

const CLIENTS = 24;

/** Clients spend a capped token until it is used up, while replicas and the database are killed: once at least, if at all. */
export async function spendingTrial(
  cluster: Cluster,
  random: Random,
  name: string,
  maxKills: number,
): Promise<SpendingResult> {
  const cap = random.int(50, 400);
  const { id, secret, apiKey } = await cluster.token(name, { max_requests: cap });
  const clients = new Clients(cluster, secret, random, (code) => (code === 'token_exhausted' ? 'end' : undefined));
  const kills = { replicas: 0, database: 0 };
  let onTheirWay = 0;
  const spending = clients.run(CLIENTS);
  for (let n = random.int(Math.min(1, maxKills), maxKills); n > 0; n -= 1) {
    await sleep(random.int(5, 120));
    onTheirWay += await kill(cluster, random, [clients], kills);
  }
  await spending;
  await cluster.ready();
  const counted = Number((await cluster.manage('GET', `/manage/tokens/${id}`))['request_count']);
  const calls = cluster.upstream.calls(apiKey);
  const { storeUnavailable, broken, strange } = clients.seen;
  return {
    cap,
    calls,
    counted,
    kills,
    overspend: Math.max(0, calls - cap),
    lost: counted - calls,
    mayBeLost: onTheirWay + storeUnavailable + broken,
    strange,
  };
}

/** Kills one thing and brings it back; how many requests were on their way. */
export async function kill(
  cluster: Cluster,
  random: Random,
  clients: readonly Clients[],
  kills: SpendingResult['kills'],
): Promise<number> {
  const { database } = cluster;
  if (database && random.next() < 0.5) {
    kills.database += 1;
    const running = clients.flatMap((some) => some.running).reduce((sum, n) => sum + n, 0);
    await database.kill();
    await sleep(random.int(0, 300));
    await database.restart();
    return running;
  }
  kills.replicas += 1;
  const victim = random.int(0, cluster.size - 1);
  const running = clients.reduce((sum, some) => sum + some.running[victim]!, 0);
  await cluster.killReplica(victim);
  await cluster.startReplica(victim);
  return running;
}

/** Clients use an uncapped token while the database is killed; after a drain every call is counted, once. */
export async function countingTrial(
  cluster: Cluster,
  random: Random,
  name: string,
): Promise<{ calls: number; counted: () => Promise<number>; strange: string[] }> {
  const { id, secret, apiKey } = await cluster.token(name);
  const clients = new Clients(cluster, secret, random, () => undefined);
  const using = clients.run(CLIENTS);
  await until('it is used', () => clients.seen.served > 200);
  if (cluster.database) {
    await cluster.database.kill();
    await until('it is used without the store', () => clients.seen.served > 400);
    await cluster.database.restart();
  }
  await until('it is used further', () => clients.seen.served > 600);
  clients.stop();
  await using;
  const { strange } = clients.seen;
  const counted = async () => Number((await cluster.manage('GET', `/manage/tokens/${id}`))['request_count']);
  return { calls: cluster.upstream.calls(apiKey), counted, strange };
}
