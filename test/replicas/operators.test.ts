import { expect, it } from 'vitest';
import { OperatorDirectory } from '../../src/auth/operator.directory.js';
import { MANAGEMENT_TOKEN, type TestApp, until } from '../support/app.js';
import { onServers } from '../support/databases.js';
import { operator, type OperatorAnswer, whoIs } from '../support/operators.js';
import { heardBy, Replicas, silencePush } from '../support/replicas.js';

/** As for tokens: push ≤ 100 ms and poll 250 ms on a quiet machine; the condition is awaited here. */
onServers('operators on every replica', (store) => {
  const replicas = Replicas.forTests(store);

  const knownBy = async (app: TestApp, made: OperatorAnswer) => {
    await until(
      'it is known',
      async () => (await app.running.app.get(OperatorDirectory).find(made.token)) !== undefined,
    );
  };
  const refusedBy = async (app: TestApp, made: OperatorAnswer) => {
    await until('it is refused', async () => (await whoIs(app, made.token)) === 401);
  };

  it('are admitted where they were not made, at the first call', async () => {
    const { a, b } = replicas;
    silencePush(b);
    const made = await operator(a);
    expect(await whoIs(b, made.token)).toMatchObject({ id: made.id });
  });

  it('are refused everywhere once they are revoked, whether the push or the poll brings it', async () => {
    const { a, b } = replicas;
    for (const bring of [() => undefined, () => silencePush(a)]) {
      const made = await operator(a);
      await knownBy(b, made);
      bring();
      await a.manage('DELETE', `/manage/operators/${made.id}`);
      expect(await whoIs(a, made.token)).toBe(401);
      await refusedBy(b, made);
    }
  });

  it('are refused everywhere when ?wait=replicas returns, and changed when it does', async () => {
    const { a, b } = replicas;
    const made = await operator(a);
    expect(await whoIs(b, made.token)).toMatchObject({ role: 'viewer' });
    for (let i = 0; i < 5; i += 1) {
      const role = i % 2 === 0 ? 'admin' : 'viewer';
      const changed = await a.manage('PATCH', `/manage/operators/${made.id}?wait=replicas`, { role });
      expect(changed.headers.get('x-replicas-confirmed')).toBe('2');
      expect(await whoIs(b, made.token)).toMatchObject({ role });
    }
    const revoked = await a.manage('DELETE', `/manage/operators/${made.id}?wait=replicas`);
    expect([revoked.status, revoked.headers.get('x-replicas-confirmed')]).toEqual([204, '2']);
    expect(await whoIs(b, made.token)).toBe(401);
  });

  it('are named in the change: no token is read again for it', async () => {
    const { a, b } = replicas;
    const heard = heardBy(b);
    const made = await operator(a);
    await until('the change', () => Promise.resolve(heard.some(({ operators }) => operators.has(made.id))));
    const change = heard.find(({ operators }) => operators.has(made.id))!;
    expect([change.tokens.size, change.projects.size, change.everything]).toEqual([0, 0, false]);
  });

  it('made on one replica pass a block on the other once they are loaded there', async () => {
    const { a, b } = replicas;
    for (let i = 0; i < 40; i += 1) await whoIs(b, `wrong-${i}`);
    expect(await whoIs(b, 'wrong')).toBe(429);
    const made = await operator(a);
    await until('it is loaded', async () => (await whoIs(b, made.token)) !== 429);
    expect(await whoIs(b, made.token)).toMatchObject({ id: made.id });
    expect(await whoIs(b, MANAGEMENT_TOKEN)).toMatchObject({ kind: 'root' });
    expect(await whoIs(b, 'wrong')).toBe(429);
  });
});
