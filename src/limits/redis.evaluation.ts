import { type RedisConnection, RedisDown } from '../redis/redis.connection.js';
import type { Script } from './redis.scripts.js';

type Arguments = readonly (string | number)[];

/** Runs a script by its text. Scripts run in the order in which they were sent, also after Redis has lost its scripts. */
export function evaluate<T>(
  redis: RedisConnection,
  { text }: Script,
  keys: readonly string[],
  args: Arguments,
): Promise<T> {
  const command = ['EVAL', text, String(keys.length), ...keys, ...args.map(String)];
  return redis.run((client) => client.sendCommand<T>(command));
}

/** Runs a frequent script by its hash, and by its text when Redis does not know the hash. */
export async function evaluateByHash<T>(
  redis: RedisConnection,
  script: Script,
  keys: readonly string[],
  args: Arguments,
): Promise<T> {
  const command = ['EVALSHA', script.sha, String(keys.length), ...keys, ...args.map(String)];
  try {
    return await redis.run((client) => client.sendCommand<T>(command));
  } catch (error) {
    if (error instanceof RedisDown) throw error;
    return evaluate(redis, script, keys, args);
  }
}
