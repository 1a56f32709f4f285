import { setTimeout as sleep } from 'node:timers/promises';
import { Clients } from './clients.js';
import type { Cluster } from './cluster.js';
import { kill, type Kills } from './kills.js';
import type { Random } from './random.js';
import type { SpendingResult } from './spending.trial.js';

export interface ReplaceResult extends SpendingResult {
  /** Requests that were served with another secret than the first. */
  servedBySuccessors: number;
}

const CLIENTS = 12;
const REPLACEMENTS = 2;
const RETRY_MS = 20;

/**
 * Clients spend a capped token that is replaced twice meanwhile, with all of its secrets at once, while replicas and the
 * database are killed. The cap is one for all of them.
 */
export async function replaceTrial(
  cluster: Cluster,
  random: Random,
  name: string,
  maxKills: number,
): Promise<ReplaceResult> {
  const cap = random.int(100, 600);
  const first = await cluster.token(name, { max_requests: cap });
  const kills: Kills = { replicas: 0, database: 0 };
  const all: Clients[] = [];
  const spending: Promise<void>[] = [];
  const spend = (secret: string): void => {
    const clients = new Clients(cluster, secret, random, (code) =>
      code === 'token_exhausted' || code === 'token_expired' ? 'end' : undefined,
    );
    all.push(clients);
    spending.push(clients.run(CLIENTS));
  };
  spend(first.secret);
  let newest = first.id;
  const replacing = (async () => {
    for (let n = 0; n < REPLACEMENTS; n += 1) {
      await sleep(random.int(5, 100));
      // Each second time, the token that is replaced ends at once.
      const next = await replace(cluster, random, newest, random.next() < 0.5 ? 0 : 60);
      newest = next.id;
      spend(next.secret);
    }
  })();
  let onTheirWay = 0;
  for (let n = random.int(Math.min(1, maxKills), maxKills); n > 0; n -= 1) {
    await sleep(random.int(5, 120));
    onTheirWay += await kill(cluster, random, all, kills);
  }
  await replacing;
  await Promise.all(spending);
  await cluster.ready();
  const counted = Number((await cluster.manage('GET', `/manage/tokens/${newest}`))['request_count']);
  const calls = cluster.upstream.calls(first.apiKey);
  const sum = (what: 'storeUnavailable' | 'broken') => all.reduce((total, { seen }) => total + seen[what], 0);
  return {
    cap,
    calls,
    counted,
    kills,
    overspend: Math.max(0, calls - cap),
    lost: counted - calls,
    mayBeLost: onTheirWay + sum('storeUnavailable') + sum('broken'),
    strange: all.flatMap(({ seen }) => seen.strange),
    servedBySuccessors: all.slice(1).reduce((total, { seen }) => total + seen.served, 0),
  };
}

/** Until one succeeds: a call whose response is lost may have replaced the token, and its successor is replaced then. */
async function replace(
  cluster: Cluster,
  random: Random,
  token: string,
  overlap_minutes: number,
): Promise<{ id: string; secret: string }> {
  let id = token;
  for (;;) {
    const replica = random.int(0, cluster.size - 1);
    try {
      const next = await cluster.manage('POST', `/manage/tokens/${id}/replace`, { overlap_minutes }, replica);
      return { id: String(next['id']), secret: String(next['token']) };
    } catch (error) {
      const found = await cluster.manage('GET', `/manage/tokens/${id}`, undefined, replica).catch(() => undefined);
      if (found && error instanceof Error && error.message.includes('validation_failed')) throw error;
      if (found && 'replaced_by' in found) id = String(found['replaced_by']);
      await sleep(RETRY_MS);
    }
  }
}
