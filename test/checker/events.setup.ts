import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config.loader.js';
import type { Variables } from '../../src/config/values/variables.js';
import type { EventDatabase } from '../../src/events/store/event.database.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import { prepareEventDatabase } from '../../src/events/store/event.file.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { freshFile, freshMysql, freshPostgres } from '../support/databases.js';
import { MariadbServer } from '../support/mariadb.server.js';
import { PostgresServer } from '../support/postgres.server.js';
import { RedisServer } from '../support/redis.server.js';
import { BuiltDispatcher } from './built.dispatcher.js';
import { Cluster } from './cluster.js';
import { EventsUpstream } from './events.upstream.js';
import type { Durability } from './events.verdict.js';
import type { Random } from './random.js';
import { UnreliableWebhook } from './unreliable.webhook.js';

export type Driver = 'sqlite' | 'postgres' | 'mysql';
export type Bus = 'outbox' | 'redis-streams';

export interface SetupOptions {
  readonly driver: Driver;
  readonly durability: Durability;
  readonly bus: Bus;
  /** How long a silent server may still serve: until then its requests have no `crash` events. */
  readonly staleGrace: string;
}

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Servers with the sink `file`, a dispatcher with the sink `webhook`, and all that they need. */
export interface EventsSetup {
  readonly cluster: Cluster<EventsUpstream>;
  readonly dispatcher: BuiltDispatcher;
  readonly webhook: UnreliableWebhook;
  /** With the bus in Redis. */
  readonly redis: RedisServer | undefined;
  readonly streamKey: string;
  /** The file of the sink. */
  readonly file: string;
  /** The database of events, for a look at what is stored. */
  readonly events: EventDatabase;
  stop(): Promise<void>;
}

export async function startEvents(options: SetupOptions, random: Random): Promise<EventsSetup> {
  const { driver, durability, bus, staleGrace } = options;
  const folder = mkdtempSync(join(tmpdir(), 'checker-events-'));
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const upstream = await EventsUpstream.start();
    undo.push(() => upstream.close());
    const webhook = await UnreliableWebhook.start(random);
    undo.push(() => webhook.close());
    const { server, variables: database } = await startDatabase(driver, undo);
    const redis = bus === 'redis-streams' ? await RedisServer.start({ durable: true }) : undefined;
    undo.push(() => redis?.stop());
    const streamKey = `events-${randomUUID()}`;
    const common: Variables = {
      ...database,
      LLM_PROXY_EVENT_BUS: bus,
      ...(redis && { REDIS_URL: redis.url, REDIS_STREAM_KEY: streamKey, REDIS_STREAM_CLAIM_TIME: '10s' }),
    };
    const file = join(folder, 'events.jsonl');
    const cluster = await Cluster.start(
      driver === 'sqlite' ? 1 : 2,
      {
        ...common,
        AUTH_STALE_GRACE: staleGrace,
        EVENT_DURABILITY: durability,
        DISPATCHER_SERVICES: 'file',
        SINK_FILE_PATH: file,
        SINK_FILE_MAX_SIZE: '4MB',
        SINK_FILE_MAX_FILES: '999',
      },
      upstream,
      server,
    );
    undo.push(() => cluster.stop());
    const dispatcher = new BuiltDispatcher({
      ...common,
      DISPATCHER_SERVICES: 'webhook',
      SINK_WEBHOOK_URL: webhook.url,
      SINK_WEBHOOK_SECRET: SECRET,
    });
    dispatcher.start();
    undo.push(() => dispatcher.kill());
    const { database: config } = loadConfig({ MANAGEMENT_TOKEN, ...database }).config;
    const events = await openEventDatabase(await prepareEventDatabase(config));
    undo.push(() => events.close());
    return { cluster, dispatcher, webhook, redis, streamKey, file, events, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A database server of its own, durable, so that it may be killed and frozen. */
async function startDatabase(
  driver: Driver,
  undo: (() => unknown)[],
): Promise<{ server: PostgresServer | MariadbServer | undefined; variables: Variables }> {
  if (driver === 'sqlite') {
    const { variables, drop } = await freshFile();
    undo.push(drop);
    return { server: undefined, variables };
  }
  const server = await (driver === 'postgres' ? PostgresServer : MariadbServer).start({ durable: true });
  undo.push(() => server.stop());
  const { variables } = await (driver === 'postgres' ? freshPostgres : freshMysql)(server.url);
  return { server, variables };
}
