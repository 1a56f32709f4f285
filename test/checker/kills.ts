import { setTimeout as sleep } from 'node:timers/promises';
import type { Clients } from './clients.js';
import type { Cluster } from './cluster.js';
import type { Random } from './random.js';

export interface Kills {
  replicas: number;
  database: number;
}

/** Kills a replica or the database and brings it back; how many requests of the clients were on their way. */
export async function kill(
  cluster: Cluster,
  random: Random,
  clients: readonly Clients[],
  kills: Kills,
): Promise<number> {
  const { database } = cluster;
  if (database && random.next() < 0.5) {
    kills.database += 1;
    const running = sum(clients.flatMap((one) => one.running));
    await database.kill();
    await sleep(random.int(0, 300));
    await database.restart();
    return running;
  }
  kills.replicas += 1;
  const victim = random.int(0, cluster.size - 1);
  const running = sum(clients.map((one) => one.running[victim]!));
  await cluster.killReplica(victim);
  await cluster.startReplica(victim);
  return running;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
