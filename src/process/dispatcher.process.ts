import { flushed } from '../common/logging/flushed.js';
import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from 'pino';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import { createLogger, NestLog } from '../common/logging/log.js';
import type { AppConfig } from '../config/app.config.js';
import { loadConfig } from '../config/config.loader.js';
import { forgetSecrets } from '../config/environment/process.environment.js';
import type { Variables } from '../config/values/variables.js';
import { EventDispatch } from '../dispatcher/event.dispatch.js';
import type { Notice } from '../events/event/proxy.event.js';
import { OutboxBus } from '../events/store/bus/outbox.bus.js';
import type { EventDatabase } from '../events/store/event.database.js';
import { openEventDatabase } from '../events/store/event.database.open.js';
import { prepareEventDatabase } from '../events/store/event.file.js';
import { EventStore } from '../events/store/event.store.js';
import { Lifecycle } from '../http/lifecycle.js';
import { processSignals, type StopSignals } from './stop.signals.js';

/** Delivers events to sinks, without a server, until a signal comes. Throws StartupError for a configuration that it refuses. */
export async function dispatch(variables: Variables, signals: StopSignals = processSignals()): Promise<void> {
  const { config, warnings } = loadConfig(variables);
  assertDispatches(config);
  forgetSecrets();
  const logger = createLogger(config.log);
  // This process does not listen.
  for (const warning of warnings) if (!warning.startsWith('LISTEN_ADDR')) logger.warn(warning);
  const presence = await joinReplicas(config, logger);
  const database = await openEventDatabase(await prepareEventDatabase(config.database));
  try {
    await deliver(config, database, logger, signals);
  } finally {
    await database.close();
    await presence?.close();
  }
  logger.info('stopped');
  await flushed(logger);
}

function assertDispatches({ dispatcher, events, redis }: AppConfig): void {
  const problems: string[] = [];
  if (dispatcher.services.length === 0) problems.push('DISPATCHER_SERVICES is required: it names the sinks');
  if (events.bus === 'in-memory')
    problems.push('LLM_PROXY_EVENT_BUS=in-memory keeps events in the server: set DISPATCHER_SERVICES there');
  if (events.bus === 'redis-streams' && !redis)
    problems.push('REDIS_URL is required when LLM_PROXY_EVENT_BUS=redis-streams');
  if (problems.length > 0) throw new StartupError(EXIT.config, problems);
}

/** A SQLite file belongs to its server: beside it this process opens the file of events alone, and is in no registry. */
async function joinReplicas(config: AppConfig, logger: Logger): Promise<INestApplicationContext | undefined> {
  if (config.database.driver === 'sqlite') return undefined;
  const { NestFactory } = await import('@nestjs/core');
  const { CoreModule } = await import('../core.module.js');
  return NestFactory.createApplicationContext(
    CoreModule.forRoot({ config, role: 'dispatcher', lifecycle: new Lifecycle() }),
    { logger: new NestLog(logger), abortOnError: false },
  );
}

async function deliver(
  config: AppConfig,
  database: EventDatabase,
  logger: Logger,
  signals: StopSignals,
): Promise<void> {
  const replica = randomUUID();
  const outbox = new OutboxBus(database, replica);
  const options = {
    replica,
    notify: noticesInto(database, config, replica, logger),
    warn: ({ msg, ...fields }: { readonly msg: string }) => logger.warn(fields, msg),
  };
  const { dispatcher, events, redis } = config;
  const dispatching =
    events.bus === 'redis-streams'
      ? EventDispatch.overRedis(outbox, redis!.url, dispatcher, options)
      : EventDispatch.over(outbox, dispatcher, options);
  dispatching.start();
  logger.info({ sinks: dispatcher.services }, 'delivering events');
  const why = await signals.first;
  if (why instanceof Error) logger.fatal({ err: why }, 'an error ends this dispatcher');
  else logger.info({ signal: why }, 'stopping');
  await dispatching.stop();
  if (why instanceof Error) throw why;
}

/** Writes notices to the store of events, from where every sink gets them. One that cannot be written is logged alone. */
function noticesInto(
  database: EventDatabase,
  { events }: AppConfig,
  replica: string,
  logger: Logger,
): (notice: Notice) => void {
  const store = new EventStore(database, { ...events, isStrict: false, nameOf: (model) => model });
  let opened: Promise<unknown> | undefined;
  return (notice) => {
    opened ??= store.open(replica);
    opened
      .then(() =>
        store.append({
          lines: () => [],
          count: 0,
          folds: [],
          open: [],
          notices: [notice],
          workOpened: [],
          workClaims: [],
        }),
      )
      .catch((error: unknown) => logger.warn({ err: error, notice: notice.id }, 'a notice is not sent'));
  };
}
