// Before whatever has decorators; in the primary the command line's framework has loaded it.
import 'reflect-metadata';
import cluster from 'node:cluster';
import { serveAlone } from './app.server.js';
import { tellPrimary, WorkerOrders } from './app.worker.orders.js';
import { StartError } from './common/start.error.js';
import { loadConfig } from './config/config.loader.js';

/** One of several server processes (app.cluster.ts): serves with what the primary tells it, until it is told to stop. */
async function main(orders: WorkerOrders): Promise<void> {
  const { config } = loadConfig(await orders.variables);
  await serveAlone({ config, warnings: [] }, orders.signals, ({ door }, port) => {
    tellPrimary({ say: 'listening', port });
    void orders.leaves.then(() => door.leave());
  });
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
