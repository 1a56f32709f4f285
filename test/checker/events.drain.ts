import { replicasBehind } from '../../src/events/store/mark.table.js';
import { streamLag } from '../../src/dispatcher/streams/stream.lag.js';
import { redisClient } from '../support/redis.client.js';
import { until } from '../support/until.js';
import type { EventsSetup } from './events.setup.js';

/** For servers that start, a lease of 15 s of a dead process, and the longest pause of a sink that has failed. */
const PATIENCE_MS = 120_000;
const SINKS = 2;

/** Both sinks are registered: from now on every event is for them. */
export async function registered(setup: EventsSetup): Promise<void> {
  const { events, redis } = setup;
  await until(
    'the sinks are registered',
    async () => {
      const rows = await events.query<{ sink: string }>('SELECT sink FROM event_sinks');
      const sinks = new Set(rows.map(({ sink }) => sink));
      if (!redis) return sinks.has('file') && sinks.has('webhook');
      return sinks.has('redis') && (await groupsOf(setup)).length === SINKS;
    },
    PATIENCE_MS,
  );
}

/** The requests of killed servers have their events, everything is summed, and every sink has taken everything. */
export async function drained(setup: EventsSetup): Promise<void> {
  const { events } = setup;
  await until(
    'what killed servers have left is complete',
    async () => (await replicasBehind(events)).length === 0,
    PATIENCE_MS,
  );
  await until('the outbox is empty', async () => (await pendingIn(setup)) === 0, PATIENCE_MS);
  if (setup.redis) await until('the stream is acknowledged', async () => isAcknowledged(setup), PATIENCE_MS);
}

async function pendingIn({ events }: EventsSetup): Promise<number> {
  const [row] = await events.query<{ count: number }>('SELECT count(*) AS count FROM event_pending');
  return row!.count;
}

async function isAcknowledged(setup: EventsSetup): Promise<boolean> {
  const { redis, streamKey } = setup;
  const names = await groupsOf(setup);
  const client = await redisClient(redis!.url);
  try {
    const lags = await Promise.all(names.map((name) => streamLag(client, streamKey, name)));
    return lags.length === SINKS && lags.every(({ events }) => events === 0);
  } finally {
    client.destroy();
  }
}

/** The names of the consumer groups; none before the stream exists. */
async function groupsOf({ redis, streamKey }: EventsSetup): Promise<readonly string[]> {
  const client = await redisClient(redis!.url);
  try {
    return (await client.xInfoGroups(streamKey).catch(() => [])).map(({ name }) => name);
  } finally {
    client.destroy();
  }
}
