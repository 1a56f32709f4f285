import type { RedisClient } from '../../redis/redis.connector.js';

interface Group {
  readonly name: string;
  readonly pending: number;
  readonly 'last-delivered-id': string;
}

/**
 * Removes the entries that every group has acknowledged, and no other: never by length. Without a group nothing is wanted,
 * so the stream is emptied.
 */
export async function trimStream(client: RedisClient, key: string): Promise<void> {
  // Before the groups are read: an entry that comes later stays.
  const newest = await newestId(client, key);
  if (newest === undefined) return;
  let oldest = after(newest);
  for (const group of (await client.xInfoGroups(key)) as unknown as Group[]) {
    const id = await oldestUnacknowledged(client, key, group);
    if (compareIds(id, oldest) < 0) oldest = id;
  }
  await client.xTrim(key, 'MINID', oldest);
}

async function newestId(client: RedisClient, key: string): Promise<string | undefined> {
  const newest = await client.xRevRange(key, '+', '-', { COUNT: 1 });
  return newest?.[0]?.id;
}

async function oldestUnacknowledged(client: RedisClient, key: string, group: Group): Promise<string> {
  const { firstId } = group.pending > 0 ? await client.xPending(key, group.name) : { firstId: null };
  return firstId ?? after(group['last-delivered-id']);
}

const partsOf = (id: string): [bigint, bigint] => {
  const [ms = '0', at = '0'] = id.split('-');
  return [BigInt(ms), BigInt(at)];
};

/** The smallest id above another. */
function after(id: string): string {
  const [ms, at] = partsOf(id);
  return `${ms}-${at + 1n}`;
}

/** Ids are two 64-bit numbers, of which texts are not ordered. */
function compareIds(a: string, b: string): number {
  const [[aMs, aAt], [bMs, bAt]] = [partsOf(a), partsOf(b)];
  if (aMs !== bMs) return aMs < bMs ? -1 : 1;
  if (aAt === bAt) return 0;
  return aAt < bAt ? -1 : 1;
}
