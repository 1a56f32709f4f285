import { type RedisConnection, RedisDown } from '../redis/redis.connection.js';
import type { Script } from './redis.scripts.js';

type Arguments = readonly (string | number)[];

/** Runs a script by its text. In the order in which commands were sent, whatever Redis has forgotten. */
export function evaluate<T>(
  redis: RedisConnection,
  { text }: Script,
  keys: readonly string[],
  args: Arguments,
): Promise<T> {
  const command = ['EVAL', text, String(keys.length), ...keys, ...args.map(String)];
  return redis.run((client) => client.sendCommand<T>(command));
}

/** The same for a script that runs often: by its name, and by its text where Redis does not know that. */
export async function evaluateByName<T>(
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
