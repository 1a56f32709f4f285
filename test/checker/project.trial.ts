import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/app.js';
import { Clients } from './clients.js';
import type { Cluster } from './cluster.js';
import { kill, type Kills } from './kills.js';
import type { Random } from './random.js';

export interface ProjectResult {
  cap: number;
  calls: number;
  counted: number;
  kills: Kills;
  /** Calls upstream over the cap of the project, or over that of a token; must be 0. */
  overspend: number;
  /** Requests counted without a call: at most those in flight at a kill, or refused because the database did not answer. */
  lost: number;
  mayBeLost: number;
  strange: string[];
}

const CLIENTS_OF_A_TOKEN = 6;
/** Of the tokens: two are used up early, three spend until the project is. */
const TOKEN_CAPS = [20, 30, 1_000_000, undefined, undefined];

/**
 * Clients of five tokens, two of them with a small cap of their own, spend the cap of their project on a day until it is used
 * up, while replicas and the database are killed: once at least, if at all.
 */
export async function projectTrial(
  cluster: Cluster,
  random: Random,
  name: string,
  maxKills: number,
): Promise<ProjectResult> {
  const cap = random.int(100, 400);
  const { projectId, apiKey, tokens } = await project(cluster, name, cap);
  const each = tokens.map(
    ({ secret }) =>
      new Clients(cluster, secret, random, (code) =>
        code === 'project_exhausted' || code === 'token_exhausted' ? 'end' : undefined,
      ),
  );
  const kills: Kills = { replicas: 0, database: 0 };
  let onTheirWay = 0;
  const spending = Promise.all(each.map(async (clients) => clients.run(CLIENTS_OF_A_TOKEN)));
  for (let n = random.int(Math.min(1, maxKills), maxKills); n > 0; n -= 1) {
    await sleep(random.int(5, 120));
    onTheirWay += await kill(cluster, random, each, kills);
  }
  await spending;
  await cluster.ready();
  const counted = Number((await cluster.manage('GET', `/manage/projects/${projectId}`))['requests_this_month']);
  const calls = cluster.upstream.calls(apiKey);
  const seen = each.map((clients) => clients.seen);
  const sum = (of: (one: (typeof seen)[number]) => number) => seen.reduce((total, one) => total + of(one), 0);
  return {
    cap,
    calls,
    counted,
    kills,
    overspend: Math.max(0, calls - cap) + (await overspentTokens(cluster, tokens, seen)),
    lost: counted - calls,
    mayBeLost: onTheirWay + sum((one) => one.storeUnavailable + one.broken),
    strange: seen.flatMap((one) => one.strange),
  };
}

interface TokenOfProject {
  readonly id: string;
  readonly secret: string;
  readonly cap: number | undefined;
}

/** Day and month have the same cap: a trial over midnight is exact too. */
async function project(cluster: Cluster, name: string, cap: number) {
  const apiKey = `sk-checker-${name}-${'x'.repeat(20)}`;
  const fields = { name, api_key: apiKey, max_requests_per_day: cap, max_requests_per_month: cap };
  const projectId = String((await cluster.manage('POST', '/manage/projects', fields))['id']);
  const tokens: TokenOfProject[] = [];
  for (const max_requests of TOKEN_CAPS) {
    const token = await cluster.manage('POST', '/manage/tokens', { project_id: projectId, max_requests });
    tokens.push({ id: String(token['id']), secret: String(token['token']), cap: max_requests });
  }
  return { projectId, apiKey, tokens };
}

/** A token never serves more than its cap, and has counted everything that it served. */
async function overspentTokens(
  cluster: Cluster,
  tokens: readonly TokenOfProject[],
  seen: readonly { served: number }[],
): Promise<number> {
  let overspent = 0;
  for (const [i, { id, cap }] of tokens.entries()) {
    if (cap === undefined) continue;
    const counted = Number((await cluster.manage('GET', `/manage/tokens/${id}`))['request_count']);
    overspent += Math.max(0, seen[i]!.served - Math.min(cap, counted));
  }
  return overspent;
}

const MOVES = 6;

/** The cap of a project is lowered and raised while its tokens spend it, on any replica. Nothing is killed: all of it is exact. */
export async function projectCapTrial(
  cluster: Cluster,
  random: Random,
  name: string,
): Promise<{ calls: number; strange: string[] }> {
  let cap = random.int(100, 300);
  const { projectId, apiKey, tokens } = await project(cluster, name, cap);
  const calls = () => cluster.upstream.calls(apiKey);
  const counted = async () =>
    Number((await cluster.manage('GET', `/manage/projects/${projectId}`))['requests_this_month']);
  let isLastCap = false;
  const each = tokens
    .filter((token) => token.cap === undefined || token.cap > 1000)
    .map(
      ({ secret }) =>
        new Clients(cluster, secret, random, (code) =>
          code === 'project_exhausted' ? (isLastCap ? 'end' : 'again') : undefined,
        ),
    );
  const isStrange = () => each.some(({ seen }) => seen.strange.length > 0);
  const spending = Promise.all(each.map(async (clients) => clients.run(CLIENTS_OF_A_TOKEN)));
  const strange: string[] = [];
  let most = cap;
  for (let n = 0; n < MOVES; n += 1) {
    await sleep(random.int(5, 60));
    const isLower = n % 2 === 0;
    cap = isLower ? random.int(1, cap) : most + random.int(50, 200);
    const fields = { max_requests_per_day: cap, max_requests_per_month: cap };
    const answer = await cluster.manage(
      'PATCH',
      `/manage/projects/${projectId}`,
      fields,
      random.int(0, cluster.size - 1),
    );
    if (!isLower) continue;
    // What was counted when it was lowered is all there may be, where that is more: others on their way get nothing.
    most = Math.max(cap, Number(answer['requests_this_month']));
    await sleep(random.int(5, 100));
    const [count, made] = [await counted(), calls()];
    if (count > most || made > most) strange.push(`lowered to ${cap}: ${count} counted, ${made} calls, not ${most}`);
  }
  await until('the last cap is reached', () => calls() >= cap || isStrange());
  isLastCap = true;
  await spending;
  const count = await counted();
  if (calls() !== cap || count !== cap) strange.push(`last cap ${cap}: ${calls()} calls, ${count} counted`);
  return { calls: calls(), strange: [...strange, ...each.flatMap(({ seen }) => seen.strange)] };
}
