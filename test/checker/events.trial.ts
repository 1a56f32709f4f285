import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.js';
import { EventsClients } from './events.clients.js';
import { drained, registered } from './events.drain.js';
import { type EventsSetup, type SetupOptions, startEvents } from './events.setup.js';
import { EventsVerdict, type ServerKill, type UsageTotals } from './events.verdict.js';
import { Random } from './random.js';
import { readSinkLines } from './sink.lines.js';

const CLIENTS = 12;
/** For a server that starts on a busy machine. */
const PATIENCE_MS = 60_000;

/** Clients call without a pause, while servers, the dispatcher and Redis are killed; then everything is calm, and is compared. */
export async function eventsTrial(options: SetupOptions, kills: number, seed: number): Promise<EventsVerdict> {
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
    const faults = new Faults(setup, clients, random, verdict);
    for (let n = 0; n < kills; n += 1) await faults.next(n);
    await clients.stop();
    webhook.isCalm = true;
    await drained(setup);
    const { totals } = await cluster.manage('GET', '/manage/usage');
    verdict.judge({
      upstreamCalls: cluster.upstream.calls,
      clientCalls: clients.calls,
      kills: faults.serverKills,
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
    await this.progress(this.random.int(20, 120));
    await sleep(this.random.int(0, 200));
    const chance = n < 3 ? n / 3 : this.random.next();
    if (chance < 0.3) await this.killServer(this.random.int(0, this.setup.cluster.size - 1));
    else if (chance < 0.5) await this.killDispatcher();
    else if (this.setup.redis) await this.failRedis(this.setup.redis);
    else await this.killServers();
    await this.progress(20);
  }

  /** So many calls are served. */
  private async progress(calls: number): Promise<void> {
    const from = this.clients.served;
    await until('calls are served', () => this.clients.served - from >= calls, PATIENCE_MS);
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
      await this.progress(50);
      await redis.restart();
      return;
    }
    redis.freeze();
    await sleep(this.random.int(500, 7000));
    await this.progress(20);
    redis.thaw();
  }
}
