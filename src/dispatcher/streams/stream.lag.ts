import type { SinkLag } from '../../events/event/event.bus.js';
import type { RedisClient } from '../../redis/redis.connector.js';

interface Group {
  readonly name: string;
  readonly pending: number;
  readonly 'last-delivered-id': string;
  /** Null when Redis cannot tell. */
  readonly lag: number | null;
}

/** The entries that a group has not acknowledged, and the age of the oldest. Ids begin with their time. */
export async function streamLag(client: RedisClient, key: string, group: string): Promise<SinkLag> {
  const groups = (await client.xInfoGroups(key)) as unknown as Group[];
  const found = groups.find(({ name }) => name === group);
  if (found === undefined) return { events: 0, seconds: 0 };
  const next = await firstAfter(client, key, found);
  const behind = next === undefined ? 0 : await entriesBehind(client, key, found);
  const oldest = found.pending > 0 ? (await client.xPending(key, group)).firstId : next;
  return {
    events: found.pending + behind,
    seconds: oldest ? Math.max(0, Date.now() - Number(oldest.split('-')[0])) / 1000 : 0,
  };
}

/** Redis that was restarted from its log has counted fewer reads than there were: its lag is too large then. */
async function entriesBehind(client: RedisClient, key: string, { lag }: Group): Promise<number> {
  return Math.min(lag ?? Infinity, await client.xLen(key));
}

async function firstAfter(client: RedisClient, key: string, group: Group): Promise<string | undefined> {
  const next = await client.xRange(key, `(${group['last-delivered-id']}`, '+', { COUNT: 1 });
  return next?.[0]?.id;
}
