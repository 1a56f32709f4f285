import { expect, it } from 'vitest';
import { EventReader } from '../../src/events/event/event.queries.js';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import { until } from '../support/app.js';
import { onEveryStore } from '../support/databases.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

onEveryStore('events of proxied requests', (store) => {
  const fixture = ProxyFixture.forTests({}, store);
  const reader = (): EventReader => fixture.app.running.app.get(EventReader, { strict: false });

  async function events(count: number): Promise<ProxyEvent[]> {
    let found: ProxyEvent[] = [];
    await until(`${count} events`, async () => {
      const { events: kept } = await reader().requests({}, { limit: 100 });
      found = kept.map(({ event }) => event).toReversed();
      return found.length >= count;
    });
    return found;
  }

  it('are stored, those of refused requests too, without gaps', async () => {
    await fixture.call({ body: '{"model":"gpt-5"}' });
    await fixture.call({ headers: [] });
    await fixture.call({ target: '/v1/models', method: 'GET' });
    const found = await events(3);
    expect(found).toMatchObject([
      { kind: 'request', status: 200, end: 'ok', token_id: fixture.token.id, project_id: fixture.token.project_id },
      { status: 401, end: 'auth', code: 'token_missing', usage: { source: 'none', reason: 'refused' } },
      { route: 'models', method: 'GET' },
    ]);
    expect(found.map(({ seq }) => seq - found[0]!.seq)).toEqual([0, 1, 2]);
    expect(new Set(found.map(({ replica, epoch }) => `${replica} ${epoch}`)).size).toBe(1);
  });
});
