import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/app.js';
import { Clients } from './clients.js';
import type { Cluster } from './cluster.js';
import type { Random } from './random.js';

export interface RevocationResult {
  /** Milliseconds from the response to the revocation to the start of the last request that another replica served. */
  delayMs: number;
  strange: string[];
}

const CLIENTS = 12;
/** What is taken away, and what refuses the token then. */
export type Taken = 'tokens' | 'projects';
const ENDS: Record<Taken, readonly string[]> = {
  tokens: ['token_inactive'],
  // Its tokens are revoked with it, in one transaction.
  projects: ['token_inactive', 'project_inactive'],
};

/** Clients use an uncapped token on all other replicas while one revokes it, or deletes its project. */
export async function revocationTrial(
  cluster: Cluster,
  random: Random,
  name: string,
  taken: Taken,
): Promise<RevocationResult> {
  const { id, projectId, secret } = await cluster.token(name);
  // Each replica has to refuse it, not the first alone.
  const others = Array.from({ length: cluster.size - 1 }, (_, i) => i + 1);
  const each = others.map((replica) => ({
    replica,
    clients: new Clients(cluster, secret, random, (code) => (ENDS[taken].includes(code) ? 'end' : undefined)),
  }));
  const using = Promise.all(each.map(async ({ replica, clients }) => clients.run(CLIENTS, [replica])));
  await until('every replica serves it', () => each.every(({ clients }) => clients.seen.served > 5));
  await sleep(random.int(0, 250));
  await cluster.manage('DELETE', `/manage/${taken}/${taken === 'tokens' ? id : projectId}`);
  const revokedAt = performance.now();
  await using;
  return {
    delayMs: Math.max(0, ...each.map(({ clients }) => clients.seen.lastServedBegan - revokedAt)),
    strange: each.flatMap(({ clients }) => clients.seen.strange),
  };
}
