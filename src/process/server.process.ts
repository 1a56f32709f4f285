import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningApp } from '../server/app.factory.js';
import { processSignals, type StopSignals } from './stop.signals.js';
import { EXIT, StartupError } from '../common/errors/startup.error.js';
import type { AppConfig } from '../config/app.config.js';
import { type LoadedConfig, loadConfig, type Variables } from '../config/config.loader.js';
import { forgetSecrets } from '../config/process.environment.js';

/**
 * Runs a server until it is told to stop and has drained. Throws StartError for a configuration or a database it
 * refuses, and the system's error when it cannot listen; nothing listens then.
 */
export async function serve(variables: Variables, signals: StopSignals = processSignals()): Promise<void> {
  const loaded = loadConfig(variables);
  const { host } = loaded.config.listen;
  forgetSecrets();
  if (loaded.config.workers === 1)
    return runServer(loaded, signals, ({ logger }, port) => logger.info({ host, port }, 'listening'));
  const { runCluster } = await import('./cluster.primary.js');
  await runCluster(loaded, variables, signals);
}

/** Serves in this process; `listens` is called once it does. */
export async function runServer(
  { config, warnings }: LoadedConfig,
  signals: StopSignals,
  listens: (running: RunningApp, port: number) => void,
): Promise<void> {
  // Loaded only now: a configuration that is refused should not wait for the whole framework.
  const { createApp, listen } = await import('../server/app.factory.js');
  const running = await createApp(config);
  for (const warning of warnings) running.logger.warn(warning);
  try {
    listens(running, await listen(running, config));
  } catch (error) {
    await running.app.close();
    throw listenFault(config, error as NodeJS.ErrnoException);
  }
  void running.lifecycle.failed.then((error) => signals.fail(error));
  const why = await signals.first;
  if (why instanceof Error) running.logger.fatal({ err: why }, 'an error ends this server');
  else running.logger.info({ signal: why }, 'stopping');
  await drain(running, config, signals.second);
  if (why instanceof Error) throw why;
}

/** The variable is at fault when the address is none of this machine's or not ours to take; a port in use may be free again. */
function listenFault({ listen: { host, port } }: AppConfig, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE') return new StartupError(1, [`LISTEN_ADDR ${host}:${port}: the port is in use`]);
  const codes = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES', 'EINVAL'];
  if (!codes.includes(error.code ?? '')) return error;
  return new StartupError(EXIT.config, [`LISTEN_ADDR ${host}:${port}: cannot be listened on (${error.code})`]);
}

/** Refuses new work, lets what runs finish within DRAIN_TIMEOUT, then writes counters and closes the store, in that order. */
export async function drain(
  { app, lifecycle, logger }: RunningApp,
  config: AppConfig,
  hurry: Promise<unknown>,
): Promise<void> {
  const timers = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: timers.signal, ref: true }).catch(() => undefined);
  lifecycle.ready = false;
  await Promise.race([pause(config.stop.preStopDelayMs), hurry]);
  lifecycle.draining = true;
  await Promise.race([lifecycle.idle(), pause(config.stop.drainTimeoutMs), hurry]);
  timers.abort();
  lifecycle.cut();
  await lifecycle.idle();
  await app.close();
  logger.info('stopped');
  await new Promise<void>((flushed) => logger.flush(() => flushed()));
}
