import { setTimeout as sleep } from 'node:timers/promises';
import { EventsClients } from './events.clients.js';
import { drained, registered } from './events.drain.js';
import { type EventsSetup, type SetupOptions, startEvents } from './events.setup.js';
import { EventsVerdict, type ServerKill, type UsageTotals } from './events.verdict.js';
import { Random } from './random.js';
import { readSinkLines } from './sink.lines.js';

const CLIENTS = 12;

export type TrialOptions = Omit<SetupOptions, 'staleGrace'>;

/** Clients call without a pause, while servers, the dispatcher and Redis are killed; then everything is calm, and is compared. */
export async function eventsTrial(options: TrialOptions, kills: number, seed: number): Promise<EventsVerdict> {
  return trial({ ...options, staleGrace: '5s' }, seed, async ({ setup, clients, random, verdict }) => {
    const faults = new Faults(setup, clients, random, verdict);
    for (let n = 0; n < kills; n += 1) await faults.next(n);
    return faults.serverKills;
  });
}

/** No server is killed: calls are served while Redis, the database, and then both are away, and none loses its event. */
export async function outageTrial(options: TrialOptions, seed: number): Promise<EventsVerdict> {
  return trial({ ...options, staleGrace: '60s' }, seed, async ({ setup: { cluster, redis }, clients, verdict }) => {
    const { database } = cluster;
    await clients.progress(50);
    redis?.freeze();
    await clients.progress(100);
    database?.freeze();
    await clients.progress(100);
    redis?.thaw();
    await clients.progress(100);
    await database?.kill();
    await clients.progress(100);
    await database?.restart();
    await clients.progress(100);
    verdict.redisFaults += 1;
    if (clients.undecided > 0) verdict.faults.push(`${clients.undecided} requests were refused`);
    return [];
  });
}

interface Running {
  readonly setup: EventsSetup;
  readonly clients: EventsClients;
  readonly random: Random;
  readonly verdict: EventsVerdict;
}

/** `disturb` returns the kills of servers. */
async function trial(
  options: SetupOptions,
  seed: number,
  disturb: (running: Running) => Promise<readonly ServerKill[]>,
): Promise<EventsVerdict> {
  const { driver, durability, bus } = options;
  const verdict = new EventsVerdict(bus === 'outbox' ? driver : `${driver} by ${bus}`, durability, seed);
  const random = new Random(seed);
  const setup = await startEvents(options, random);
  try {
    const { cluster, webhook, file } = setup;
    const { secret } = await cluster.token('events');
    await registered(setup);
    const clients = new EventsClients(cluster, secret, random);
    clients.start(CLIENTS);
    const kills = await disturb({ setup, clients, random, verdict });
    await clients.stop();
    webhook.isCalm = true;
    await drained(setup);
    const { totals } = await cluster.manage('GET', '/manage/usage');
    verdict.judge({
      upstreamCalls: cluster.upstream.calls,
      clientCalls: clients.calls,
      kills,
      file: readSinkLines(file),
      webhook: webhook.delivered,
      totals: totals as UsageTotals,
    });
    verdict.faults.push(...new Set(clients.strange));
  } finally {
    await setup.stop();
  }
  return verdict;
}

/** What happens to the processes of a trial, one after the other. */
class Faults {
  readonly serverKills: ServerKill[] = [];

  constructor(
    private readonly setup: EventsSetup,
    private readonly clients: EventsClients,
    private readonly random: Random,
    private readonly verdict: EventsVerdict,
  ) {}

  /** The first three are one of each kind. */
  async next(n: number): Promise<void> {
    await this.clients.progress(this.random.int(20, 120));
    await sleep(this.random.int(0, 200));
    const chance = n < 3 ? n / 3 : this.random.next();
    if (chance < 0.3) await this.killServer(this.random.int(0, this.setup.cluster.size - 1));
    else if (chance < 0.5) await this.killDispatcher();
    else if (this.setup.redis) await this.failRedis(this.setup.redis);
    else await this.killServers();
    await this.clients.progress(20);
  }

  private async killServer(replica: number): Promise<void> {
    const { cluster } = this.setup;
    this.verdict.serverKills += 1;
    this.serverKills.push({ replica, at: performance.now() });
    await cluster.killReplica(replica);
    await cluster.startReplica(replica);
  }

  private async killServers(): Promise<void> {
    await Promise.all(Array.from({ length: this.setup.cluster.size }, async (_, at) => this.killServer(at)));
  }

  private async killDispatcher(): Promise<void> {
    this.verdict.dispatcherKills += 1;
    await this.setup.dispatcher.kill();
    await sleep(this.random.int(0, 500));
    this.setup.dispatcher.start();
  }

  /** Redis hangs for longer than a command may take, or ends. */
  private async failRedis(redis: NonNullable<EventsSetup['redis']>): Promise<void> {
    this.verdict.redisFaults += 1;
    if (this.random.next() < 0.3) {
      await redis.kill();
      await this.clients.progress(50);
      await redis.restart();
      return;
    }
    redis.freeze();
    await sleep(this.random.int(500, 7000));
    await this.clients.progress(20);
    redis.thaw();
  }
}
