import { withTimeout } from '../../common/values/with.timeout.js';
import type { AppConfig } from '../../config/app.config.js';
import { RedisConnector } from '../../redis/redis.connector.js';
import { fail, type Finding, ok } from './finding.js';

const LIMIT_MS = 5000;
const CHECK = 'redis';

export async function checkRedis({ redis }: AppConfig): Promise<Finding> {
  if (!redis) return ok(CHECK, 'not configured: REDIS_URL is not set');
  const connector = new RedisConnector(redis.url, async () => undefined);
  const client = await connector.create(() => undefined);
  try {
    await withTimeout(LIMIT_MS, connector.connect(client));
    await withTimeout(LIMIT_MS, connector.ping(client));
    return ok(CHECK, `${new URL(redis.url).host} responds`);
  } catch (error) {
    return fail(CHECK, `${new URL(redis.url).host} ${reasonOf(error)}`, 'correct REDIS_URL, or start Redis');
  } finally {
    connector.destroy(client);
  }
}

/** Codes and Redis's own error names: a message might quote the command, which has the password. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const name = /^(?:NOAUTH|WRONGPASS|NOPERM|ERR)\b/.exec(message)?.[0];
  if (name !== undefined) return `refuses the connection (${name})`;
  return `cannot be reached (${code ?? 'no response'})`;
}
