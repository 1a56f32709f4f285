import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { ReplicaRegistry } from '../../src/replicas/replica.registry.js';
import { until } from '../support/app.js';
import { Replicas } from '../support/replicas.js';
import { onServers } from '../support/databases.js';

const MINUTE_MS = 60_000;

onServers(ReplicaRegistry.name, (store) => {
  const replicas = Replicas.forTests(store);

  it('shows those that were there lately, and forgets those of yesterday while it runs', async () => {
    const database = replicas.a.running.app.get(DataSource);
    const registry = replicas.a.running.app.get(ReplicaRegistry);
    const add = async (name: string, silentMs: number, role = 'server') =>
      database.query(
        `INSERT INTO replicas (id, name, role, started_at, seen_at, revision) VALUES ('${name}', '${name}', '${role}', 0, ${Date.now() - silentMs}, 0)`,
      );
    await until('both are in the registry', () => registry.known.length === 2);
    await add('lately', 2 * MINUTE_MS);
    await add('before', 30 * MINUTE_MS);
    await add('yesterday', 25 * 60 * MINUTE_MS);
    await until('one more is seen', () => registry.known.some(({ id }) => id === 'lately'));
    expect(registry.known).toHaveLength(3);
    expect(registry.liveServers).toBe(2);
    await add('dispatcher', 0, 'dispatcher');
    await until('a dispatcher', () => registry.known.some(({ id }) => id === 'dispatcher'));
    expect(registry.liveServers).toBe(2);
    registry['prunedAt'] = -Infinity;
    const ids = async () => (await database.query('SELECT id FROM replicas')).map(({ id }: { id: string }) => id);
    await until('one is forgotten', async () => !(await ids()).includes('yesterday'));
    expect(await ids()).toEqual(expect.arrayContaining(['lately', 'before']));
  });
});
