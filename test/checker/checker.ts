import type { Variables } from '../../src/config/values/variables.js';
import { MariadbServer } from '../support/mariadb.server.js';
import { PostgresServer } from '../support/postgres.server.js';
import { freshFile, freshMysql, freshPostgres } from '../support/databases.js';
import { capTrial } from './cap.trial.js';
import { Cluster } from './cluster.js';
import { CountingUpstream } from './counting.upstream.js';
import { crowd } from './clients.js';
import { Random } from './random.js';
import { projectCapTrial, type ProjectResult, projectTrial } from './project.trial.js';
import { revocationTrial } from './revocation.trial.js';
import { replaceTrial } from './replace.trial.js';
import { countingTrial, type SpendingResult, spendingTrial } from './spending.trial.js';

export type Driver = 'sqlite' | 'postgres' | 'mysql';

/** The result of a run of the checker; every list of faults has to be empty. */
export class Verdict {
  trials = 0;
  replicaKills = 0;
  databaseKills = 0;
  calls = 0;
  overspend = 0;
  lost = 0;
  servedBySuccessors = 0;
  readonly delays: number[] = [];
  readonly faults: string[] = [];

  constructor(
    readonly what: string,
    readonly seed: number,
  ) {}

  line(): string {
    const worst = Math.max(...this.delays).toFixed(0);
    const revocations =
      this.delays.length === 0 ? '' : `, ${this.delays.length} revocations, worst delay elsewhere ${worst} ms`;
    const kills = `${this.replicaKills} replicas and ${this.databaseKills} databases killed`;
    return `exactness on ${this.what}: seed ${this.seed}, ${this.trials} trials, ${kills}, ${this.calls} calls upstream, overspend ${this.overspend}, counted without a call ${this.lost}, ${this.servedBySuccessors} by tokens that replaced one${revocations}, ${this.faults.length} faults\n`;
  }
}

/** Replicas over a database server of their own, durable, so that it may be killed. */
async function start(driver: Driver, variables: Variables): Promise<{ cluster: Cluster; stop: () => Promise<void> }> {
  const upstream = await CountingUpstream.start();
  if (driver === 'sqlite') {
    const fresh = await freshFile();
    const cluster = await Cluster.start(1, { ...fresh.variables, ...variables }, upstream);
    const stop = async () => {
      await cluster.stop();
      upstream.close();
      await fresh.drop();
    };
    return { cluster, stop };
  }
  const database = await (driver === 'postgres' ? PostgresServer : MariadbServer).start({ durable: true });
  const fresh = await (driver === 'postgres' ? freshPostgres : freshMysql)(database.url);
  const cluster = await Cluster.start(3, { ...fresh.variables, ...variables }, upstream, database);
  const stop = async () => {
    await cluster.stop();
    upstream.close();
    await database.stop();
  };
  return { cluster, stop };
}

/** Caps under kills, caps that are moved, tokens that are replaced, then counts of uncapped tokens. */
export async function checkSpending(driver: Driver, trials: number, seed: number): Promise<Verdict> {
  const verdict = new Verdict(driver, seed);
  const random = new Random(seed);
  const { cluster, stop } = await start(driver, {});
  try {
    for (let n = 0; n < trials; n += 1) await spend(cluster, random, n, verdict);
    for (let n = 0; n < trials; n += 1) await moveCaps(cluster, random, n, verdict);
    for (let n = 0; n < trials; n += 1) await replaced(cluster, random, n, verdict);
    const { calls, counted, strange } = await countingTrial(cluster, random, 'uncapped');
    // Stopped, so that everything is written; one is started again to read it.
    await cluster.drain();
    await cluster.startReplica(0);
    const total = await counted();
    if (total !== calls) verdict.faults.push(`uncapped: ${calls} calls, ${total} counted`);
    verdict.faults.push(...strange);
    verdict.calls += calls;
    verdict.trials += 1;
  } finally {
    await stop();
  }
  return verdict;
}

/** The caps of projects over several tokens, under kills and moved. */
export async function checkProjects(driver: Driver, trials: number, seed: number): Promise<Verdict> {
  const verdict = new Verdict(`${driver}, caps of projects`, seed);
  const random = new Random(seed);
  const { cluster, stop } = await start(driver, {});
  try {
    for (let n = 0; n < trials; n += 1)
      judge(await projectTrial(cluster, random, `project-${n}`, killsOf(n)), `project ${n}`, verdict);
    for (let n = 0; n < trials; n += 1) {
      const { calls, strange } = await projectCapTrial(cluster, random, `moved-project-${n}`);
      verdict.trials += 1;
      verdict.calls += calls;
      verdict.faults.push(...strange.map((what) => `cap of a project moved, trial ${n}: ${what}`));
    }
  } finally {
    await stop();
  }
  return verdict;
}

/** Every third trial kills nothing: then the cap has to be reached exactly. */
const killsOf = (n: number): number => (n % 3 === 0 ? 0 : 3);

async function spend(cluster: Cluster, random: Random, n: number, verdict: Verdict): Promise<void> {
  judge(await spendingTrial(cluster, random, `trial-${n}`, killsOf(n)), `trial ${n}`, verdict);
}

/** One cap for a token and those that replace it. */
async function replaced(cluster: Cluster, random: Random, n: number, verdict: Verdict): Promise<void> {
  const result = await replaceTrial(cluster, random, `replaced-${n}`, killsOf(n));
  verdict.servedBySuccessors += result.servedBySuccessors;
  judge(result, `replaced, trial ${n}`, verdict);
}

function judge(result: SpendingResult | ProjectResult, name: string, verdict: Verdict): void {
  const { cap, calls, counted, kills, overspend, lost, mayBeLost, strange } = result;
  verdict.trials += 1;
  verdict.replicaKills += kills.replicas;
  verdict.databaseKills += kills.database;
  verdict.calls += calls;
  verdict.overspend += overspend;
  verdict.lost += lost;
  const what = `${name}: cap ${cap}, ${calls} calls, ${counted} counted, ${kills.replicas}+${kills.database} kills`;
  if (overspend > 0 || counted > cap) verdict.faults.push(`${what}: overspent`);
  if (lost < 0 || lost > mayBeLost) verdict.faults.push(`${what}: ${lost} lost, at most ${mayBeLost} may be`);
  if (kills.replicas + kills.database === 0 && (calls !== cap || counted !== cap))
    verdict.faults.push(`${what}: nothing was killed, and it is not exact`);
  if (strange.length > 0) verdict.faults.push(`${what}: ${[...new Set(strange)].join(', ')}`);
}

async function moveCaps(cluster: Cluster, random: Random, n: number, verdict: Verdict): Promise<void> {
  const { calls, strange } = await capTrial(cluster, random, `moved-${n}`);
  verdict.trials += 1;
  verdict.calls += calls;
  verdict.faults.push(...strange.map((what) => `cap moved, trial ${n}: ${what}`));
}

/** Revocations as other replicas learn of them, by `push`. */
export async function checkRevocation(
  driver: 'postgres' | 'mysql',
  push: string,
  trials: number,
  seed: number,
  variables: Variables,
): Promise<Verdict> {
  const verdict = new Verdict(`${driver} by ${push}`, seed);
  const random = new Random(seed);
  const { cluster, stop } = await start(driver, variables);
  try {
    for (let n = 0; n < trials; n += 1) {
      const { delayMs, strange } = await revocationTrial(
        cluster,
        random,
        `revoked-${n}`,
        n % 2 === 0 ? 'tokens' : 'projects',
      );
      verdict.trials += 1;
      verdict.delays.push(delayMs);
      if (delayMs > 1000) verdict.faults.push(`trial ${n}: served ${delayMs.toFixed(0)} ms after it was revoked`);
      verdict.faults.push(...strange);
    }
  } finally {
    await stop();
  }
  return verdict;
}

/** So many clients at once, each with one request, spread over three replicas. */
export async function checkCrowd(driver: 'postgres' | 'mysql', cap: number, size: number) {
  const { cluster, stop } = await start(driver, {});
  try {
    const { id, secret, apiKey } = await cluster.token('crowd', { max_requests: cap });
    const { answers, undecided } = await crowd(cluster, secret, size);
    const count = (what: string) => answers.filter((answer) => answer === what).length;
    return {
      served: count('200 '),
      exhausted: count('429 token_exhausted'),
      undecided,
      others: answers.filter((answer) => answer !== '200 ' && answer !== '429 token_exhausted'),
      upstream: cluster.upstream.calls(apiKey),
      counted: Number((await cluster.manage('GET', `/manage/tokens/${id}`))['request_count']),
    };
  } finally {
    await stop();
  }
}
