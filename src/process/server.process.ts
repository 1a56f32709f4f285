import { flushed } from '../common/logging/flushed.js';
import { announce } from './announcement.js';
import type { RunningApp } from '../server/app.factory.js';
import { processSignals, type StopSignals } from './stop.signals.js';
import { keepRequestsYoung } from './young.requests.js';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import { SystemAudit } from '../changes/system/system.audit.js';
import { Shutdown } from '../shutdown.order.js';
import type { AppConfig } from '../config/app.config.js';
import { type LoadedConfig, loadConfig } from '../config/config.loader.js';
import { modeWarning } from '../config/file.modes.js';
import type { Variables, VariableSources } from '../config/values/variables.js';
import { forgetSecrets } from '../config/environment/process.environment.js';

/**
 * Runs a server until a signal comes and it has drained. Throws StartupError for a configuration or a database that
 * it refuses, and the system's error when it cannot listen.
 */
export async function serve(variables: Variables, envFile = '.env', sources: VariableSources = {}): Promise<void> {
  const loaded = loadConfig(variables, sources);
  const { log, audit } = loaded.config;
  const signals = processSignals(log.file === undefined && audit.file === undefined);
  loaded.warnings.push(...looseFiles(loaded.config, envFile));
  const { host } = loaded.config.listen;
  forgetSecrets();
  if (loaded.config.workers === 1)
    return runServer(loaded, signals, ({ logger }, port) => announce(logger, { host, port }));
  const { runCluster } = await import('./cluster.primary.js');
  await runCluster(loaded, variables, signals);
}

function looseFiles({ database }: AppConfig, envFile: string): string[] {
  const files = database.driver === 'sqlite' ? [envFile, database.path] : [envFile];
  return files.map(modeWarning).filter((warning) => warning !== undefined);
}

/** Serves in this process. Calls `onListening` with the port once it listens. */
export async function runServer(
  { config, warnings }: LoadedConfig,
  signals: StopSignals,
  onListening: (running: RunningApp, port: number) => void,
): Promise<void> {
  // Loaded here: a refused configuration does not wait for the whole framework.
  const { createApp, listen } = await import('../server/app.factory.js');
  const running = await createApp(config);
  for (const warning of warnings) running.logger.warn(warning);
  try {
    onListening(running, await listen(running, config));
  } catch (error) {
    await running.app.close();
    throw listenError(config, error as NodeJS.ErrnoException);
  }
  keepRequestsYoung();
  // Warnings of the start are visible as soon as the port is.
  running.logger.flush();
  void running.lifecycle.failed.then((error) => signals.fail(error));
  const why = await signals.first;
  if (why instanceof Error) running.logger.fatal({ err: why }, 'an error ends this server');
  else running.logger.info({ signal: why }, 'stopping');
  running.app.get(SystemAudit, { strict: false }).stopsFor(why);
  await drain(running, config, signals.second);
  if (why instanceof Error) throw why;
}

/** An address that this machine does not have, or may not use, is an error of the configuration. A port in use may become free again. */
function listenError({ listen: { host, port } }: AppConfig, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE') return new StartupError(1, [`LISTEN_ADDR ${host}:${port}: the port is in use`]);
  const codes = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES', 'EINVAL'];
  if (!codes.includes(error.code ?? '')) return error;
  return new StartupError(EXIT.config, [`LISTEN_ADDR ${host}:${port}: the server cannot listen on it (${error.code})`]);
}

/** Stops a server in the order of `shutdown.order`. `hurry` ends the waits for running requests. */
export async function drain({ app, logger }: RunningApp, { stop }: AppConfig, hurry: Promise<unknown>): Promise<void> {
  await app.get(Shutdown).run({ ...stop, hurry });
  await app.close();
  logger.info('stopped');
  await flushed(logger);
}
