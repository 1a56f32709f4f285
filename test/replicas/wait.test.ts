import { describe, expect, it } from 'vitest';
import { ReplicaIdentity } from '../../src/replicas/replica.identity.js';
import { ReplicaRegistry } from '../../src/replicas/replica.registry.js';
import { type TestApp, until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { refused } from '../support/refusal.js';
import { outcomeOf, Replicas } from '../support/replicas.js';
import { onServers } from '../support/databases.js';

const confirmed = (response: Response) => response.headers.get('x-replicas-confirmed');
const pending = (response: Response) => response.headers.get('x-replicas-pending');
const idOf = (app: TestApp) => app.running.app.get(ReplicaIdentity).id;

/** As if the process stood still: it confirms no revision. */
const stopHeart = (app: TestApp) => (app.running.app.get(ReplicaRegistry).confirm = () => undefined);

describe('?wait=replicas', () => {
  const fixture = ProxyFixture.forTests();

  it('returns what the call returns without it, and counts one replica where there is one', async () => {
    const { id } = await fixture.app.token();
    const renamed = await fixture.app.manage('PATCH', `/manage/tokens/${id}?wait=replicas`, { name: 'other' });
    expect([renamed.status, confirmed(renamed), pending(renamed)]).toEqual([200, '1', null]);
    expect(await renamed.json()).toEqual(await fixture.app.tokenById(id));
    for (const again of [1, 2]) {
      const revoked = await fixture.app.manage('DELETE', `/manage/tokens/${id}?wait=replicas`);
      expect([again, revoked.status, await revoked.text(), confirmed(revoked)]).toEqual([again, 204, '', '1']);
    }
  });

  it('is there on every call that changes what replicas know', async () => {
    const { id } = await fixture.app.project();
    const calls: [string, string, unknown?][] = [
      ['POST', `/manage/projects/${id}/tokens/revoke`],
      ['PATCH', `/manage/projects/${id}`, { is_active: false }],
      ['DELETE', `/manage/projects/${id}`],
    ];
    for (const [method, path, body] of calls)
      expect(confirmed(await fixture.app.manage(method, `${path}?wait=replicas`, body))).toBe('1');
    expect(confirmed(await fixture.app.manage('DELETE', `/manage/projects/${id}`))).toBeNull();
  });

  it.each(['', 'true', 'replicas&wait=replicas'])('is refused before anything changes when it is %j', async (value) => {
    const { id } = await fixture.app.token();
    expect(await refused(fixture.app.manage('DELETE', `/manage/tokens/${id}?wait=${value}`))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: ['wait'],
    });
    expect((await fixture.app.tokenById(id)).is_active).toBe(true);
  });

  it('waits for no replica when the change is refused', async () => {
    const missing = '/manage/tokens/8c1d2f0e-9d54-4a53-8a39-b7a2c8f4a001?wait=replicas';
    const answer = await fixture.app.manage('DELETE', missing);
    expect([answer.status, confirmed(answer)]).toEqual([404, null]);
  });
});

onServers('?wait=replicas', (store) => {
  const replicas = Replicas.forTests(store);

  it('returns when every replica refuses the token', async () => {
    const { a, b } = replicas;
    const tokens = await Promise.all(Array.from({ length: 5 }, () => a.token()));
    for (const token of tokens) {
      expect(await outcomeOf(b, token)).toBe('ok');
      const answer = await a.manage('DELETE', `/manage/tokens/${token.id}?wait=replicas`);
      expect([answer.status, confirmed(answer), pending(answer)]).toEqual([204, '2', null]);
      expect(await outcomeOf(b, token)).toBe('token_inactive');
    }
  });

  it('does not wait for a replica that has left', async () => {
    const third = await replicas.start();
    const { id } = await replicas.a.token();
    expect(confirmed(await replicas.a.manage('DELETE', `/manage/tokens/${id}?wait=replicas`))).toBe('3');
    await third.close();
    expect(confirmed(await replicas.a.manage('DELETE', `/manage/tokens/${id}?wait=replicas`))).toBe('2');
  });

  it('names a replica that fell silent, as long as it may be serving', async () => {
    const third = await replicas.start();
    const strict = await replicas.start({ AUTH_STALE_GRACE: '0s' });
    try {
      stopHeart(third);
      const { id } = await replicas.a.token();
      const answer = await replicas.a.manage('DELETE', `/manage/tokens/${id}?wait=replicas`);
      expect([answer.status, confirmed(answer), pending(answer)]).toEqual([204, '3', idOf(third)]);
      const after = await replicas.a.manage('DELETE', `/manage/tokens/${id}?wait=replicas`);
      expect(pending(after)).toBe(idOf(third));
      // Without grace in the configuration, it serves no request any more.
      const bare = await strict.manage('DELETE', `/manage/tokens/${id}?wait=replicas`);
      expect([confirmed(bare), pending(bare)]).toEqual(['3', null]);
    } finally {
      await third.close();
      await strict.close();
    }
  });

  it('/health names the replicas and how far behind they are', async () => {
    const { a, b } = replicas;
    const { id } = await a.token();
    await a.manage('DELETE', `/manage/tokens/${id}?wait=replicas`);
    const report = async () =>
      ((await (await a.manage('GET', '/health')).json()) as { replicas: Record<string, unknown>[] }).replicas;
    const byId = async (app: TestApp) => (await report()).find((replica) => replica['id'] === idOf(app));
    expect(await report()).toHaveLength(2);
    expect([await byId(a), await byId(b)]).toMatchObject([
      { is_this: true, name: expect.stringContaining(`/${process.pid}`), revisions_behind: 0, silent_ms: 0 },
      { is_this: false, revision: expect.any(Number), revisions_behind: 0, silent_ms: expect.any(Number) },
    ]);
    stopHeart(b);
    await a.manage('DELETE', `/manage/tokens/${(await a.token()).id}`);
    await until('the lag', async () => Number((await byId(b))?.['revisions_behind']) === 1);
    await until('the silence', async () => Number((await byId(b))?.['silent_ms']) > 1000);
  });
});
