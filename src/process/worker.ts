// Before whatever has decorators; in the primary the command line's framework has loaded it.
import 'reflect-metadata';
import cluster from 'node:cluster';
import { serveAlone } from './server.process.js';
import { tellPrimary, WorkerOrders } from './worker.channel.js';
import { StartError } from '../common/errors/start.error.js';
import { loadConfig } from '../config/config.loader.js';

/** One of several server processes (app.cluster.ts): serves with what the primary tells it, until it is told to stop. */
async function main(orders: WorkerOrders): Promise<void> {
  const start = Promise.withResolvers<void>();
  void exitWithoutPrimary(orders, start.promise);
  try {
    const { config } = loadConfig(await orders.variables);
    await serveAlone({ config, warnings: [] }, orders.signals, ({ door }, port) => {
      start.resolve();
      tellPrimary({ say: 'listening', port });
      void orders.leaves.then(() => door.leave());
    });
  } finally {
    start.resolve();
  }
}

/** Until it has started there is nothing to drain, and what is being waited for may never come: the port, above all. */
async function exitWithoutPrimary(orders: WorkerOrders, started: Promise<void>): Promise<void> {
  const isOrphan = await Promise.race([started.then(() => false), orders.orphaned.then(() => true)]);
  if (isOrphan) process.exit(1);
}

/** The primary tells it, once; of a worker that has served it no longer hears this. */
function refuse(error: unknown): void {
  const { exitCode, faults } = error instanceof StartError ? error : new StartError(1, [oneLine(error)]);
  process.exitCode = exitCode;
  tellPrimary({ say: 'refused', exitCode, faults });
}

const oneLine = (error: unknown): string =>
  error instanceof Error ? error.message.replaceAll('\n', ' ') : 'something went wrong';

// Without it Node ends a worker at once when the primary is gone; what runs is to finish.
if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
void main(new WorkerOrders())
  .catch(refuse)
  .then(() => process.connected && process.disconnect());
