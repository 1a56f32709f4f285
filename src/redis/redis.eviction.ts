import type { Logger } from '@nestjs/common';
import type { RedisClient } from './redis.connector.js';

const valueOf = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1];

/** A limit starts again from zero when Redis evicts its key. All these keys have a lifetime, so `volatile-*` evicts them too. */
export async function warnOfEviction(client: RedisClient, logger: Logger): Promise<void> {
  // Some Redis services refuse the command.
  const info = await client.info('memory').catch(() => '');
  const policy = valueOf(info, 'maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction' || valueOf(info, 'maxmemory') === '0') return;
  logger.warn(
    `Redis may evict the counts of limits (maxmemory-policy ${policy}): set maxmemory-policy noeviction, or use a separate Redis for limits`,
  );
}
