import { flushed } from '../common/logging/flushed.js';
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { announce } from './announcement.js';
import { MetricCollector } from './metric.collector.js';
import type { StopSignals } from './stop.signals.js';
import { WorkerSupervisor } from './worker.supervisor.js';
import { WorkerProcess } from './worker.process.js';
import { createLogger } from '../common/logging/log.js';
import type { AppConfig } from '../config/app.config.js';
import type { LoadedConfig } from '../config/config.loader.js';
import type { Variables } from '../config/values/variables.js';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * Runs WORKERS processes that share the port, until a signal comes and all of them have drained. Each is a replica.
 * Throws the StartupError of a worker that refuses the first start.
 */
export async function runCluster(
  { config, warnings }: LoadedConfig,
  variables: Variables,
  signals: StopSignals,
): Promise<void> {
  const logger = createLogger(config.log);
  for (const warning of warnings) logger.warn(warning);
  // Workers accept connections themselves: a connection that the primary passes to a dying worker would hang forever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // A worker runs without the launcher, which keeps SIGUSR1 from opening an inspector.
  cluster.setupPrimary({ exec: WORKER, args: [], execArgv: [...process.execArgv, '--disable-sigusr1'] });
  const collector = new MetricCollector();
  const supervisor = new WorkerSupervisor(
    () => new WorkerProcess({ variables, sources: config.sources }, collector),
    logger,
  );
  const why = await runUntilStopped(supervisor, config, logger, signals).catch(async (error: unknown) => {
    await supervisor.stop('a refused start', 0, Promise.resolve());
    throw error;
  });
  if (why instanceof Error) logger.fatal({ err: why }, 'an uncaught exception stops this server');
  else logger.info({ signal: why }, 'stopping');
  const { preStopDelayMs, drainTimeoutMs } = config.stop;
  const failures = await supervisor.stop(String(why), preStopDelayMs + drainTimeoutMs, signals.second);
  logger.info('stopped');
  await flushed(logger);
  if (why instanceof Error) throw why;
  if (failures > 0) throw new Error(`${failures} workers failed`);
}

/** A signal may come before every worker has started: the started ones are drained. */
async function runUntilStopped(
  supervisor: WorkerSupervisor,
  { listen: { host }, workers }: AppConfig,
  logger: Logger,
  { first }: StopSignals,
): Promise<string | Error> {
  const started = supervisor.start(workers);
  const early = await Promise.race([first, started.then(() => undefined)]);
  if (early !== undefined) {
    // The outcome of the start no longer matters.
    started.catch(() => undefined);
    return early;
  }
  announce(logger, { host, port: await started, workers });
  return first;
}
