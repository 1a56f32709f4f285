import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errors } from '../../src/common/errors/errors.js';
import { Shutdown } from '../../src/shutdown.order.js';
import { type ProjectAnswer, TestApp } from '../support/app.js';
import { EventStream } from '../support/event.stream.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { operator, whoIs } from '../support/operators.js';
import { refused } from '../support/refusal.js';
import { until } from '../support/until.js';

const PATIENT = { preStopDelayMs: 0, drainTimeoutMs: 600_000, hurry: new Promise<never>(() => undefined) };

describe('GET /manage/requests/live', () => {
  let app: TestApp;
  let project: ProjectAnswer;
  let events: MemoryEvents;
  const streams: EventStream[] = [];
  beforeAll(async () => {
    app = await TestApp.start();
    project = await app.project({ name: 'Search team' });
  });
  beforeEach(() => {
    events = new MemoryEvents().serve(app);
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await until('no exchange runs', () => app.running.lifecycle.running === 0);
  });
  afterAll(() => app.close());

  async function follow(query = '', headers: Record<string, string> = {}): Promise<EventStream> {
    const stream = await EventStream.open(`${app.url}/manage/requests/live?${query}`, headers);
    streams.push(stream);
    return stream;
  }
  const ids = (stream: EventStream): unknown[] => stream.of('request').map(({ data }) => data['request_id']);

  it('is an event stream that nothing buffers or keeps', async () => {
    const { headers, statusCode } = (await follow()).response;
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-request-id': expect.any(String),
    });
  });

  it('ends with bye for an operator that is revoked or changed, and for no other', async () => {
    const [revoked, changed, other] = [await operator(app), await operator(app), await operator(app)];
    const as = async ({ token }: { token: string }) => follow('', { authorization: `Bearer ${token}` });
    const [root, ...theirs] = [await follow(), await as(revoked), await as(changed), await as(other)];
    await app.manage('DELETE', `/manage/operators/${revoked.id}`);
    await app.manage('PATCH', `/manage/operators/${changed.id}`, { role: 'viewer', projects: [project.id] });
    for (const stream of theirs.slice(0, 2)) {
      await stream.has('bye', 1);
      expect(stream.of('bye').map(({ data }) => data)).toEqual([{ reason: 'access' }]);
    }
    events.add(proxyEvent({ request_id: 'later' }));
    for (const stream of [root, theirs[2]]) await stream.has('request', 1);
    expect([root, theirs[2]].flatMap((stream) => stream.of('bye'))).toEqual([]);
    expect(await whoIs(app, revoked.token)).toBe(401);
    expect((await as(changed)).response.statusCode).toBe(200);
  });

  it('sends requests from now on, as the list shows them', async () => {
    events.add(proxyEvent({ request_id: 'before' }));
    const stream = await follow();
    events.add(proxyEvent({ request_id: 'one', project_id: project.id }), proxyEvent({ request_id: 'two' }));
    const [one] = await stream.has('request', 2);
    expect(ids(stream)).toEqual(['one', 'two']);
    expect(one!.data).toMatchObject({ project_name: 'Search team', cursor: one!.id });
    const listed = (await (await app.manage('GET', '/manage/requests?request_id=one')).json()) as unknown[];
    expect(listed).toEqual([one!.data]);
  });

  it('sends each viewer what it filters for, with one look for all', async () => {
    const all = await follow();
    const failed = await follow('status_class=5xx');
    const ofProject = await follow(`project_id=${project.id}&path=/v1/chat`);
    const looks = events.looks;
    events.add(
      proxyEvent({ request_id: 'plain' }),
      proxyEvent({ request_id: 'failed', status: 502 }),
      proxyEvent({ request_id: 'theirs', project_id: project.id }),
      proxyEvent({ request_id: 'last', status: 500, project_id: project.id }),
    );
    await all.has('request', 4);
    await failed.has('request', 2);
    await ofProject.has('request', 2);
    expect(ids(failed)).toEqual(['failed', 'last']);
    expect(ids(ofProject)).toEqual(['theirs', 'last']);
    expect(events.looks - looks).toBeLessThanOrEqual(2);
  });

  it('goes on after Last-Event-ID, without a gap or an event twice', async () => {
    const first = await follow();
    events.add(proxyEvent({ request_id: 'seen' }));
    const [seen] = await first.has('request', 1);
    // The first viewer keeps the looks going: their position is behind what the second one reads at its beginning.
    events.add(proxyEvent({ request_id: 'missed' }), proxyEvent({ request_id: 'missed too', end: 'client' }));
    const second = await follow('end=ok', { 'last-event-id': seen!.id! });
    events.add(proxyEvent({ request_id: 'later' }));
    await first.has('request', 4);
    await second.has('request', 2);
    expect(ids(second)).toEqual(['missed', 'later']);
    expect(ids(first)).toEqual(['seen', 'missed', 'missed too', 'later']);
  });

  it('takes a Last-Event-ID that it never gave for none', async () => {
    events.add(proxyEvent({ request_id: 'old' }));
    const stream = await follow('', { 'last-event-id': 'no such place' });
    events.add(proxyEvent({ request_id: 'new' }));
    await stream.has('request', 1);
    expect(ids(stream)).toEqual(['new']);
  });

  it('says how many requests it left out', async () => {
    const stream = await follow();
    events.add(...Array.from({ length: 512 }, () => proxyEvent()));
    const [skipped] = await stream.has('skipped', 1);
    expect(skipped!.data).toEqual({ count: 12 });
    expect(stream.of('request')).toHaveLength(500);
  });

  it('does not look without a viewer, nor after the last one', async () => {
    expect(events.looks).toBe(0);
    const stream = await follow();
    await until('a look', () => events.looks >= 2);
    stream.close();
    await until('no exchange runs', () => app.running.lifecycle.running === 0);
    const { looks } = events;
    // The next viewer starts over: its look is the next one.
    events.add(proxyEvent({ request_id: 'unseen' }));
    const next = await follow();
    expect(events.looks).toBe(looks + 1);
    events.add(proxyEvent({ request_id: 'seen' }));
    await next.has('request', 1);
    expect(ids(next)).toEqual(['seen']);
  });

  it('goes on when the events can be read again, and loses none', async () => {
    const stream = await follow();
    events.fault = errors.storeUnavailable();
    const { looks } = events;
    events.add(proxyEvent({ request_id: 'meanwhile' }));
    await until('two looks that fail', () => events.looks >= looks + 2);
    events.fault = undefined;
    await stream.has('request', 1);
    expect(ids(stream)).toEqual(['meanwhile']);
    expect(app.log.split('live requests cannot be read')).toHaveLength(2);
  });

  it('serves 20 viewers', async () => {
    await Promise.all(Array.from({ length: 20 }, () => follow()));
    const answer = await app.manage('GET', '/manage/requests/live');
    expect(answer.headers.get('retry-after')).toBe('10');
    expect(await refused(answer)).toMatchObject({ status: 503, code: 'too_many_viewers' });
    streams.shift()!.close();
    await until('19 viewers', () => app.running.lifecycle.running === 19);
    expect((await follow()).response.statusCode).toBe(200);
  });

  it('refuses filters of the list that make no sense here', async () => {
    for (const field of ['from', 'before', 'page_size', 'unknown'])
      expect(await refused(app.manage('GET', `/manage/requests/live?${field}=1`))).toMatchObject({ fields: [field] });
  });

  it('answers HEAD without a stream', async () => {
    const answer = await app.manage('HEAD', '/manage/requests/live');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(events.looks).toBe(0);
  });

  it('has a line in the log when it ends, with its bytes', async () => {
    const stream = await follow();
    events.add(proxyEvent());
    await stream.has('request', 1);
    stream.close();
    const line = () =>
      app.accessLines.find(({ path, bytes_out: out }) => path === '/manage/requests/live' && Number(out) > 400);
    await until('the line in the log', () => line() !== undefined);
    expect(line()).toMatchObject({ status: 200, end: 'client' });
  });
});

describe('live requests of a server that stops', () => {
  it('end with bye, and do not hold up the stop', async () => {
    const app = await TestApp.start();
    new MemoryEvents().serve(app);
    const stream = await EventStream.open(`${app.url}/manage/requests/live`);
    await app.running.app.get(Shutdown).run(PATIENT);
    await until('the stream has ended', () => stream.isEnded);
    expect([stream.of('bye').map(({ data }) => data), stream.response.complete]).toEqual([[{ reason: 'drain' }], true]);
    await app.close();
  });
});
