import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notice, ProxyEvent } from '../../src/events/event/proxy.event.js';
import { Dispatcher } from '../../src/dispatcher/delivery/dispatcher.js';
import { LOOP_TIMES } from '../../src/dispatcher/delivery/sink.loop.js';
import type { EventSink } from '../../src/dispatcher/sinks/event.sink.js';
import { WebhookSink } from '../../src/dispatcher/sinks/webhook.sink.js';
import { familiesOf } from '../../src/metrics/sampled.families.js';
import { eventLine, eventLines, notice } from '../support/event.lines.js';
import { MemoryBus } from '../support/memory.bus.js';
import { SinkServer, type SinkRequest } from '../support/sink.server.js';
import { until } from '../support/until.js';

const SECRETS = [Buffer.alloc(32, 7), Buffer.alloc(32, 9)].map((bytes) => `whsec_${bytes.toString('base64')}`);
const TIMES = { ...LOOP_TIMES, idleMs: 5, brokenMs: 20, stopMs: 200 };

describe('delivery to a webhook', () => {
  let server: SinkServer;
  let bus: MemoryBus;
  let dispatcher: Dispatcher;
  let notices: Notice[];
  let warnings: object[];

  const start = (sinks: EventSink[], times = TIMES): void => {
    dispatcher = new Dispatcher(bus, sinks, {
      replica: 'replica-1',
      batchSize: 100,
      notify: (sent) => void notices.push(sent),
      warn: (fields) => void warnings.push(fields),
      times,
    });
    dispatcher.start();
  };
  const webhook = (path = '/hook'): EventSink =>
    new WebhookSink({ url: server.url + path, secrets: SECRETS }, 'native');
  const acknowledged = (id: string): Promise<void> =>
    until(`the acknowledgement of ${id}`, () => bus.acknowledged.includes(id));
  const idsIn = ({ body }: SinkRequest): string[] =>
    (JSON.parse(body.toString()) as { events: ProxyEvent[] }).events.map(({ id }) => id);

  beforeEach(async () => {
    server = await SinkServer.start();
    bus = new MemoryBus();
    notices = [];
    warnings = [];
  });
  afterEach(async () => {
    await dispatcher.stop();
    await server.close();
  });

  it('signs each batch with both secrets and acknowledges it after the success', async () => {
    bus.put('webhook', { id: 'batch-1', lines: [...eventLines(1, 4), JSON.stringify(notice('n-1'))] });
    start([webhook()]);
    await acknowledged('batch-1');

    const [{ headers, body }] = server.requests as [SinkRequest];
    const signed = `batch-1.${headers['webhook-timestamp'] as string}.${body.toString()}`;
    const signatures = [7, 9].map(
      (byte) => `v1,${createHmac('sha256', Buffer.alloc(32, byte)).update(signed).digest('base64')}`,
    );
    expect(headers['webhook-id']).toBe('batch-1');
    expect(headers['webhook-signature']).toBe(signatures.join(' '));
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body.toString())).toMatchObject({ events: [{ seq: 1 }, { seq: 2 }, { seq: 3 }, { id: 'n-1' }] });
  });

  it('repeats a batch with the same id until the sink takes it', async () => {
    server.next(500, 503, 429, 408, 425);
    bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 3) });
    start([webhook()]);
    await acknowledged('batch-1');

    expect(server.requests.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array.from({ length: 6 }, () => 'batch-1'),
    );
    expect(bus.dead).toEqual([]);
    const [status] = await dispatcher.status();
    expect(status).toMatchObject({ sink: 'webhook', consecutive_failures: 0, lag_events: 0 });
    expect(status!.last_success_at).toMatch(/^\d{4}-/);
  });

  it('repeats a batch that the sink stored before the connection broke', async () => {
    server.next((_request, response) => void response.socket!.destroy());
    bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 3) });
    start([webhook()]);
    await acknowledged('batch-1');

    expect(server.requests.map(idsIn)).toEqual([idsIn(server.requests[0]!), idsIn(server.requests[0]!)]);
  });

  it('waits as long as Retry-After says, and shows why', async () => {
    server.next((_request, response) => void response.writeHead(429, { 'retry-after': '86400' }).end());
    bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 3) });
    start([webhook()], { ...TIMES, renewMs: 5 });
    await until('the refusal', async () => (await dispatcher.status())[0]!.state === 'retrying');
    const claims = bus.claims;
    await until('renewed leases', () => bus.claims > claims + 5);

    expect(server.requests).toHaveLength(1);
    const [status] = await dispatcher.status();
    expect(status).toMatchObject({ reason: 'HTTP 429', consecutive_failures: 1, lag_events: 2 });
    expect(status).not.toHaveProperty('last_success_at');
  });

  it.each([401, 403, 404, 410, 302])(
    'keeps everything while the sink answers %i, and sends one notice',
    async (code) => {
      server.answer = code;
      bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 3) });
      start([webhook()]);
      await until('repeated tries', () => server.requests.length >= 4);
      const [status] = await dispatcher.status();
      expect(status).toMatchObject({ state: 'broken', lag_events: 2 });
      expect(status!.reason).toContain(`HTTP ${code}`);
      expect(bus.acknowledged).toEqual([]);

      server.answer = 204;
      await acknowledged('batch-1');
      expect(bus.dead).toEqual([]);
      expect(notices.map(({ id, type }) => [id, type])).toEqual([['sink.broken:webhook:batch-1', 'sink.broken']]);
      expect(JSON.stringify([notices, warnings])).not.toContain(server.url);
    },
  );

  it.each([400, 413, 422])('finds the one event that is answered with %i, and delivers all others', async (code) => {
    const poison = eventLine(37);
    server.answer = ({ body }, response) => void response.writeHead(body.includes('request-37"') ? code : 200).end();
    bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 65) });
    start([webhook()]);
    await acknowledged('batch-1');

    expect(bus.dead).toMatchObject([{ line: poison, reason: `HTTP ${code}` }]);
    expect(bus.dead[0]!.eventId).toContain('000000000037:request');
    const taken = server.requests.filter(({ body }) => !body.includes('request-37"')).flatMap(idsIn);
    expect(new Set(taken).size).toBe(63);
    expect(taken).toHaveLength(63);
    expect(server.requests.length).toBeLessThan(16);
    expect(warnings).toMatchObject([{ sink: 'webhook', events: 1 }]);
  });

  it('lets no sink wait for another', async () => {
    const hung = await SinkServer.start();
    hung.answer = () => undefined;
    const slow = new WebhookSink({ url: hung.url, secrets: SECRETS }, 'native') as EventSink & { name: string };
    Object.assign(slow, { name: 'slow' });
    bus.put('slow', { id: 'slow-1', lines: eventLines(1, 2) });
    for (let n = 1; n <= 3; n += 1) bus.put('webhook', { id: `batch-${n}`, lines: eventLines(n, n + 1) });
    start([slow, webhook()]);
    await acknowledged('batch-3');
    await until('the slow request', () => hung.requests.length === 1);

    expect(bus.acknowledged).toEqual(['batch-1', 'batch-2', 'batch-3']);
    await dispatcher.stop();
    await hung.close();
    expect(bus.pending('slow')).toBe(1);
    expect(bus.released.toSorted()).toEqual(['slow', 'webhook']);
  });

  it('finishes the batch in flight at a stop', async () => {
    let finish = (): void => undefined;
    server.answer = (_request, response) => {
      finish = () => void response.writeHead(200).end();
    };
    bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 3) });
    bus.put('webhook', { id: 'batch-2', lines: eventLines(3, 5) });
    start([webhook()], { ...TIMES, stopMs: 10_000 });
    await until('the request', () => server.requests.length === 1);
    const stopped = dispatcher.stop();
    finish();
    await stopped;

    expect(bus.acknowledged).toEqual(['batch-1']);
    expect(bus.released).toEqual(['webhook']);
    expect(server.requests).toHaveLength(1);
  });

  it('goes on after the bus has failed, and logs it once', async () => {
    bus.failures = 3;
    bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 3) });
    start([webhook()]);
    await acknowledged('batch-1');
    expect(warnings).toMatchObject([{ sink: 'webhook' }]);
  });

  it('cuts a batch at 100 events and at a mebibyte', async () => {
    const body = 'x'.repeat(200_000);
    const large = Array.from({ length: 10 }, (_, at) => eventLine(at, { request: { body } }));
    bus.put('webhook', { id: 'many', lines: eventLines(0, 250) });
    bus.put('webhook', { id: 'large', lines: large });
    start([webhook()]);
    await acknowledged('large');

    const sizes = server.requests.map((request) => idsIn(request).length);
    expect(sizes.slice(0, 3)).toEqual([100, 100, 50]);
    expect(sizes.slice(3).reduce((sum, size) => sum + size)).toBe(10);
    expect(Math.max(...server.requests.map((request) => request.body.length))).toBeLessThanOrEqual(1024 * 1024);
  });

  it('gives samples of deliveries, durations and what is pending', async () => {
    server.next(500);
    bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 3) });
    start([webhook()]);
    await acknowledged('batch-1');

    const samples = await dispatcher.samples();
    const valueOf = (name: string, labels: Record<string, string> = {}): number | undefined =>
      samples.find(
        (sample) =>
          sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
      )?.value;
    expect(valueOf('llm_proxy_sink_deliveries_total', { sink: 'webhook', result: 'taken' })).toBe(1);
    expect(valueOf('llm_proxy_sink_deliveries_total', { result: 'retry' })).toBe(1);
    expect(valueOf('llm_proxy_sink_duration_seconds_bucket', { le: '+Inf', result: 'retry' })).toBe(1);
    expect(valueOf('llm_proxy_sink_duration_seconds_count', { result: 'taken' })).toBe(1);
    expect(valueOf('llm_proxy_sink_duration_seconds_count', { result: 'broken' })).toBeUndefined();
    expect(familiesOf(samples, () => expect.unreachable()).length).toBe(5);
    expect(valueOf('llm_proxy_events_pending')).toBe(0);
    expect(valueOf('llm_proxy_events_dead_total')).toBe(0);
  });

  it('sends CloudEvents', async () => {
    bus.put('webhook', { id: 'batch-1', lines: eventLines(1, 3) });
    start([new WebhookSink({ url: server.url, secrets: SECRETS }, 'cloudevents')]);
    await acknowledged('batch-1');

    const [{ headers, body }] = server.requests as [SinkRequest];
    expect(headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
    expect(JSON.parse(body.toString())).toMatchObject([
      {
        specversion: '1.0',
        type: 'llm-proxy.request.v1',
        source: '/llm-proxy/replica-1',
        subject: 'project-1',
        data: { seq: 1 },
      },
      { datacontenttype: 'application/json', time: '2026-11-28T10:00:00.123Z', data: { seq: 2 } },
    ]);
  });
});
