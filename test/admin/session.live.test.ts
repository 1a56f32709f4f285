import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveRequests } from '../../src/reporting/requests/live.requests.js';
import { TestApp } from '../support/app.js';
import { EventStream } from '../support/event.stream.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { Browser } from './browser.js';

describe('the live view of a session', () => {
  let app: TestApp;
  let events: MemoryEvents;
  beforeAll(async () => {
    app = await TestApp.start();
    events = new MemoryEvents().serve(app);
  });
  afterAll(() => app.close());

  /** The next look of the server reads the sessions, without 15 s of waiting. */
  const readSessionsNow = () => (app.running.app.get(LiveRequests)['sessionsReadAt'] = -Infinity);
  const follow = async (browser: Browser) =>
    EventStream.open(`${app.url}/manage/requests/live`, {
      cookie: browser.cookie!,
      'sec-fetch-site': 'same-origin',
      accept: 'text/event-stream',
    });

  it('ends with the session, and no other does', async () => {
    const [leaving, staying] = [await Browser.signedIn(app), await Browser.signedIn(app)];
    const [ended, kept, bearer] = [
      await follow(leaving),
      await follow(staying),
      await EventStream.open(`${app.url}/manage/requests/live`),
    ];
    expect((await leaving.call('DELETE', '/manage/session')).status).toBe(204);
    readSessionsNow();
    expect((await ended.has('bye', 1)).map(({ data }) => data)).toEqual([{ reason: 'session' }]);
    events.add(proxyEvent({ request_id: 'later' }));
    for (const stream of [kept, bearer]) {
      await stream.has('request', 1);
      expect(stream.of('bye')).toEqual([]);
      stream.close();
    }
    expect(ended.of('request')).toEqual([]);
  });
});
