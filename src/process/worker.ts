// Before any class with decorators. In the primary, the CLI's framework loads it.
import 'reflect-metadata';
import cluster from 'node:cluster';
import { runServer } from './server.process.js';
import { sendToPrimary, WorkerChannel } from './worker.channel.js';
import { report, shareMetrics } from './worker.metrics.js';
import { StartupError } from '../common/errors/startup.error.js';
import { loadConfig } from '../config/config.loader.js';

/** One of several server processes (see cluster.primary.ts): serves with the variables of the primary until its message to stop. */
async function main(channel: WorkerChannel): Promise<void> {
  const start = Promise.withResolvers<void>();
  void exitWithoutPrimary(channel, start.promise);
  try {
    const { variables, sources } = await channel.settings;
    const { config } = loadConfig(variables, sources);
    let reportLast = async (): Promise<void> => undefined;
    await runServer({ config, warnings: [] }, channel.signals, ({ metrics, server, lifecycle }, port) => {
      start.resolve();
      if (metrics) {
        shareMetrics(metrics, channel);
        reportLast = async () => report(metrics);
      }
      sendToPrimary({ type: 'listening', port });
      void channel.leavesPort.then(() => {
        server.stopListening();
        lifecycle.goAway();
      });
    });
    await reportLast();
  } finally {
    start.resolve();
  }
}

/** Before the start is over there is nothing to drain, and the start may never end: it may wait for the port. */
async function exitWithoutPrimary(channel: WorkerChannel, started: Promise<void>): Promise<void> {
  const isOrphan = await Promise.race([started.then(() => false), channel.orphaned.then(() => true)]);
  if (isOrphan) process.exit(1);
}

/** The primary logs the refusal of the first start. It ignores this message from a worker that has served. */
function reportRefusal(error: unknown): void {
  const { exitCode, problems } = error instanceof StartupError ? error : new StartupError(1, [oneLine(error)]);
  process.exitCode = exitCode;
  sendToPrimary({ type: 'refused', exitCode, problems });
}

const oneLine = (error: unknown): string =>
  error instanceof Error ? error.message.replaceAll('\n', ' ') : 'the worker failed';

// Without this flag Node ends a worker at once when the primary ends; running requests are to finish.
if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
void main(new WorkerChannel())
  .catch(reportRefusal)
  .then(() => process.connected && process.disconnect());
