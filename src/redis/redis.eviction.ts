import type { Logger } from '@nestjs/common';
import type { RedisClient } from './redis.connector.js';

const valueOf = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];

/** A key of a limit that is evicted is a limit that begins anew. All of them have a lifetime, so `volatile-*` takes them too. */
export async function warnOfEviction(client: RedisClient, logger: Logger): Promise<void> {
  // Not every Redis lets its clients ask.
  const info = await client.info('memory').catch(() => '');
  const policy = valueOf(info, 'maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction' || valueOf(info, 'maxmemory') === '0') return;
  logger.warn(
    `Redis may evict the counts of limits (maxmemory-policy ${policy}): set noeviction, or give limits a Redis of their own`,
  );
}
