import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { ReplicaRegistry } from '../../src/replicas/replica.registry.js';
import { until } from '../support/app.js';
import { Replicas } from '../support/replicas.js';
import { onServers } from '../support/databases.js';

const MINUTE_MS = 60_000;

onServers('the roll of replicas', (store) => {
  const replicas = Replicas.forTests(store);

  it('shows those that were there lately, and forgets those of yesterday while it runs', async () => {
    const database = replicas.a.running.app.get(DataSource);
    const roll = replicas.a.running.app.get(ReplicaRegistry);
    const add = async (name: string, silentMs: number) =>
      database.query(
        `INSERT INTO replicas (id, name, started_at, seen_at, revision) VALUES ('${name}', '${name}', 0, ${Date.now() - silentMs}, 0)`,
      );
    await until('it is on the roll', () => roll.known.length === 2);
    await add('lately', 2 * MINUTE_MS);
    await add('before', 30 * MINUTE_MS);
    await add('yesterday', 25 * 60 * MINUTE_MS);
    await until('one more is seen', () => roll.known.some(({ id }) => id === 'lately'));
    expect(roll.known).toHaveLength(3);
    expect(roll.live).toBe(2);
    roll['prunedAt'] = -Infinity;
    const ids = async () => (await database.query('SELECT id FROM replicas')).map(({ id }: { id: string }) => id);
    await until('one is forgotten', async () => !(await ids()).includes('yesterday'));
    expect(await ids()).toEqual(expect.arrayContaining(['lately', 'before']));
  });
});
