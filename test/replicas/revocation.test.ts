import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type TestApp, type TokenAnswer, until } from '../support/app.js';
import { heardBy, outcomeOf, Replicas, silencePush, stopPolling } from '../support/replicas.js';
import { onServers, type Store } from '../support/databases.js';

type Make = (a: TestApp, token: TokenAnswer) => Promise<Response>;

const patch =
  (fields: object): Make =>
  (a, { id }) =>
    a.manage('PATCH', `/manage/tokens/${id}`, fields);

const CHANGES: [string, Make, string][] = [
  ['a revoked token', (a, { id }) => a.manage('DELETE', `/manage/tokens/${id}`), 'token_inactive'],
  ['a deactivated token', patch({ is_active: false }), 'token_inactive'],
  ['a lowered cap', patch({ max_requests: 2 }), 'token_exhausted'],
  ['a narrowed token', patch({ allowed_endpoints: ['/v1/embeddings'] }), 'endpoint_not_allowed'],
  [
    'a deactivated project',
    (a, { project_id: id }) => a.manage('PATCH', `/manage/projects/${id}`, { is_active: false }),
    'project_inactive',
  ],
  [
    'all tokens revoked',
    (a, { project_id: id }) => a.manage('POST', `/manage/projects/${id}/tokens/revoke`),
    'token_inactive',
  ],
  ['a deleted project', (a, { project_id: id }) => a.manage('DELETE', `/manage/projects/${id}`), 'token_inactive'],
];

/** The change is made on one replica; the other, which knew the token, has to refuse it with that code. */
function provesChanges(replicas: Replicas): void {
  it.each(CHANGES)('%s is refused by the other replica, too', async (_what, make, code) => {
    const { a, b } = replicas;
    // Counted at once: what an uncapped token used is written a little later.
    const token = await a.token({ max_requests: 100 });
    expect([await outcomeOf(b, token), await outcomeOf(b, token)]).toEqual(['ok', 'ok']);
    expect((await make(a, token)).ok).toBe(true);
    expect(await outcomeOf(a, token)).toBe(code);
    await until(code, async () => (await outcomeOf(b, token)) === code);
  });

  it('a token that is brought back works on the other replica again', async () => {
    const { a, b } = replicas;
    const token = await a.token();
    await a.manage('DELETE', `/manage/tokens/${token.id}`);
    await until('the refusal', async () => (await outcomeOf(b, token)) === 'token_inactive');
    expect((await a.manage('PATCH', `/manage/tokens/${token.id}`, { is_active: true })).status).toBe(200);
    await until('the grant', async () => (await outcomeOf(b, token)) === 'ok');
  });
}

function withPush(store: Store, variables = {}): void {
  const replicas = Replicas.forTests(store, variables);
  provesChanges(replicas);

  it('arrives without a poll', async () => {
    const { a, b } = replicas;
    const { id } = await a.token();
    // Earlier changes have arrived, and the subscription to the push works.
    await until('a first change', async () => {
      const heard = heardBy(b);
      await a.manage('PATCH', `/manage/tokens/${id}`, { name: 'first' });
      await until('it', () => heard.length > 0);
      return true;
    });
    stopPolling(b);
    const heard = heardBy(b);
    expect((await a.manage('DELETE', `/manage/tokens/${id}`)).status).toBe(204);
    await until('the push', () => heard.some(({ tokens }) => tokens.has(id)));
  });
}

onServers('changes that arrive by the poll alone', (store) => {
  const replicas = Replicas.forTests(store);
  beforeAll(() => silencePush(replicas.a));
  provesChanges(replicas);
});

onServers('changes that are pushed', (store) => {
  describe.skipIf(store.driver !== 'postgres')('by NOTIFY', () => {
    withPush(store);
  });

  const redis = inject('redis');
  describe.skipIf(redis === null)('by Redis', () => {
    withPush(store, { REDIS_URL: redis! });
  });
});
