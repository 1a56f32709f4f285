import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/app.js';
import { Clients } from './clients.js';
import type { Cluster } from './cluster.js';
import type { Random } from './random.js';

export interface CapResult {
  calls: number;
  /** The rules that were broken. */
  strange: string[];
}

const CLIENTS = 24;
const MOVES = 6;

/** Clients spend a token whose cap is lowered and raised meanwhile, on any replica. Nothing is killed: all of it is exact. */
export async function capTrial(cluster: Cluster, random: Random, name: string): Promise<CapResult> {
  let cap = random.int(100, 300);
  const { id, secret, apiKey } = await cluster.token(name, { max_requests: cap });
  const calls = () => cluster.upstream.calls(apiKey);
  const counted = async () => Number((await cluster.manage('GET', `/manage/tokens/${id}`))['request_count']);
  const setCap = async (max_requests: number) =>
    cluster.manage('PATCH', `/manage/tokens/${id}`, { max_requests }, random.int(0, cluster.size - 1));

  let isLastCap = false;
  const clients = new Clients(cluster, secret, random, (code) =>
    code === 'token_exhausted' ? (isLastCap ? 'end' : 'again') : undefined,
  );
  const spending = clients.run(CLIENTS);
  const strange: string[] = [];
  let most = cap;
  for (let n = 0; n < MOVES; n += 1) {
    await sleep(random.int(5, 60));
    const isLower = n % 2 === 0;
    cap = isLower ? random.int(1, cap) : most + random.int(50, 200);
    const answer = await setCap(cap);
    if (!isLower) continue;
    // What was counted when it was lowered is all there may be, where that is more: others on their way get nothing.
    most = Math.max(cap, Number(answer['request_count']));
    await sleep(random.int(5, 100));
    const [count, made] = [await counted(), calls()];
    if (count > most || made > most) strange.push(`lowered to ${cap}: ${count} counted, ${made} calls, not ${most}`);
  }
  await until('the last cap is reached', () => calls() >= cap || clients.seen.strange.length > 0);
  isLastCap = true;
  await spending;
  const count = await counted();
  if (calls() !== cap || count !== cap) strange.push(`last cap ${cap}: ${calls()} calls, ${count} counted`);
  return { calls: calls(), strange: [...strange, ...clients.seen.strange] };
}
