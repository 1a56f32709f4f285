import { describe, expect, it } from 'vitest';
import { Events } from '../../src/events/events.js';
import type { Notice } from '../../src/events/event/proxy.event.js';
import { until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { unauthorized } from '../support/upstream.scenarios.js';

describe('notices', () => {
  const fixture = ProxyFixture.forTests();

  /** The notices of the work, in order. */
  async function noticesOf(count: number, work: () => Promise<unknown>): Promise<Notice[]> {
    const { journal } = fixture.app.running.app.get(Events, { strict: false });
    const notices: Notice[] = [];
    const notify = journal.notify.bind(journal);
    journal.notify = (notice) => {
      notices.push(notice);
      return notify(notice);
    };
    await work();
    await until(`${count} notices`, () => notices.length === count);
    journal.notify = notify;
    return notices;
  }

  it('tell once of a token that has used up its requests', async () => {
    const token = await fixture.app.token({ max_requests: 1 });
    const notices = await noticesOf(1, async () => {
      for (let calls = 0; calls < 4; calls += 1) await fixture.call({ headers: fixture.headers(token) });
    });
    expect(notices).toMatchObject([
      { id: `token.exhausted:${token.id}:1`, token_id: token.id, project_id: token.project_id },
    ]);
  });

  it('tell of a key that the upstream refuses', async () => {
    fixture.upstream.reply(unauthorized());
    const notices = await noticesOf(1, () => fixture.call());
    expect(notices).toMatchObject([{ type: 'upstream.key_refused', project_id: fixture.token.project_id }]);
  });
});
