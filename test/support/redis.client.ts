import { createClient, type RedisClientType } from 'redis';

/** A plain client for what a test does to Redis behind the proxy's back; to be destroyed. */
export async function redisClient(url: string): Promise<RedisClientType> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
