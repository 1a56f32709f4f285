// Before whatever has decorators; in the primary the command line's framework has loaded it.
import 'reflect-metadata';
import cluster from 'node:cluster';
import { runServer } from './server.process.js';
import { tellPrimary, WorkerChannel } from './worker.channel.js';
import { StartupError } from '../common/errors/startup.error.js';
import { loadConfig } from '../config/config.loader.js';

/** One of several server processes (app.cluster.ts): serves with what the primary tells it, until it is told to stop. */
async function main(orders: WorkerChannel): Promise<void> {
  const start = Promise.withResolvers<void>();
  void exitWithoutPrimary(orders, start.promise);
  try {
    const { config } = loadConfig(await orders.variables);
    await runServer({ config, warnings: [] }, orders.signals, ({ server }, port) => {
      start.resolve();
      tellPrimary({ say: 'listening', port });
      void orders.leaves.then(() => server.stopListening());
    });
  } finally {
    start.resolve();
  }
}

/** Until it has started there is nothing to drain, and what is being waited for may never come: the port, above all. */
async function exitWithoutPrimary(orders: WorkerChannel, started: Promise<void>): Promise<void> {
  const isOrphan = await Promise.race([started.then(() => false), orders.orphaned.then(() => true)]);
  if (isOrphan) process.exit(1);
}

/** The primary tells it, once; of a worker that has served it no longer hears this. */
function refuse(error: unknown): void {
  const { exitCode, problems } = error instanceof StartupError ? error : new StartupError(1, [oneLine(error)]);
  process.exitCode = exitCode;
  tellPrimary({ say: 'refused', exitCode, faults: problems });
}

const oneLine = (error: unknown): string =>
  error instanceof Error ? error.message.replaceAll('\n', ' ') : 'something went wrong';

// Without it Node ends a worker at once when the primary is gone; what runs is to finish.
if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
void main(new WorkerChannel())
  .catch(refuse)
  .then(() => process.connected && process.disconnect());
