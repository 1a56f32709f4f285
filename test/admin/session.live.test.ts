import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SessionReader } from '../../src/auth/session/session.reader.js';
import { LiveRequests } from '../../src/reporting/requests/live.requests.js';
import { TestApp, until } from '../support/app.js';
import { EventStream } from '../support/event.stream.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { Browser, query } from './browser.js';

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

  it('is no use of the session, whatever ends it and whatever it accepts', async () => {
    const browser = await Browser.signedIn(app);
    const seen = vi.spyOn(app.running.app.get(SessionReader, { strict: false }), 'seen');
    const closed: string[] = [];
    app.running.observers.add({ onClosed: ({ path }) => void closed.push(path) });
    const headers = { cookie: browser.cookie!, 'sec-fetch-site': 'same-origin' };
    const paths = ['/manage/requests/live', '/manage/requests/live', '/manage/audit/verify'];
    for (const [i, accept] of ['*/*', 'text/event-stream', 'text/event-stream'].entries()) {
      const stream = await EventStream.open(`${app.url}${paths[i]}`, { ...headers, accept });
      stream.close();
      await until('the stream has ended', () => closed.length === i + 1);
    }
    const left = await EventStream.open(`${app.url}${paths[0]}`, headers);
    await query(app, `UPDATE admin_sessions SET last_seen_at = 1 WHERE id = '${browser.session.id}'`);
    readSessionsNow();
    expect((await left.has('bye', 1)).map(({ data }) => data)).toEqual([{ reason: 'session' }]);
    await until('the stream has ended', () => closed.length === paths.length + 1);
    expect(seen).not.toHaveBeenCalled();
    expect(await browser.outcome('GET', '/manage/session')).toBe('401 session_ended');
    await until('the call has ended', () => closed.length === paths.length + 2);
    expect(seen).not.toHaveBeenCalled();
  });
});
