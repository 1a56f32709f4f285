import type { RedisConnection } from '../redis/redis.connection.js';
import type { Script } from './redis.scripts.js';

/** Runs a script by its name, and by its text where Redis has not seen it or has forgotten it. A key of ours that holds something else is deleted. */
export async function evaluate<T>(
  redis: RedisConnection,
  script: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<T> {
  const rest = [String(keys.length), ...keys, ...args.map(String)];
  const byName = ['EVALSHA', script.sha, ...rest];
  try {
    return await redis.run((client) => client.sendCommand<T>(byName));
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'RedisDown') throw error;
    if (error.message.startsWith('WRONGTYPE')) await redis.run((client) => client.del([...keys]));
    return redis.run((client) => client.sendCommand<T>(['EVAL', script.text, ...rest]));
  }
}
