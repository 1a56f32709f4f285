import type { RedisClient } from '../../redis/redis.connector.js';

/** 1 = held before, 2 = taken now, 0 = held by another process. */
const TAKE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and 1 or 2`;
const GIVE_BACK = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

export type LeaseState = 'held' | 'taken' | 'other';
const STATES: readonly LeaseState[] = ['other', 'held', 'taken'];

/** Takes the lease of a sink, or renews it. */
export async function takeLease(
  client: RedisClient,
  key: string,
  holder: string,
  leaseMs: number,
): Promise<LeaseState> {
  const state = await client.eval(TAKE, { keys: [key], arguments: [holder, String(leaseMs)] });
  return STATES[Number(state)] ?? 'other';
}

export async function giveLeaseBack(client: RedisClient, key: string, holder: string): Promise<void> {
  await client.eval(GIVE_BACK, { keys: [key], arguments: [holder] });
}
