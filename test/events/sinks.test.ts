import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OtlpSettings } from '../../src/config/values/dispatcher.config.js';
import type { EventSink, Outcome } from '../../src/dispatcher/sinks/event.sink.js';
import { HeliconeSink } from '../../src/dispatcher/sinks/helicone.sink.js';
import { LunarySink } from '../../src/dispatcher/sinks/lunary.sink.js';
import { OtlpSink } from '../../src/dispatcher/sinks/otlp.sink.js';
import { eventLine } from '../support/event.lines.js';
import { SinkServer } from '../support/sink.server.js';

const NEVER = new AbortController().signal;
const CAPTURED = {
  request: { body: JSON.stringify({ model: 'gpt-5.6-terra', messages: [{ role: 'user', content: 'Hi' }] }) },
  response: { body: JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'Hello' } }] }) },
};

let server: SinkServer;
let sink: EventSink;

const send = (...lines: string[]): Promise<Outcome> => sink.send({ id: 'batch-1', lines }, NEVER);
interface Sent {
  readonly events: readonly [Run, Run, Run, Run];
  readonly providerResponse: object;
}
interface Run {
  readonly runId: string;
}
const sent = (at = 0): Sent => JSON.parse(server.requests[at]!.body.toString()) as Sent;
const answerJson = (body: unknown): void => {
  server.answer = (_request, response) => void response.writeHead(200).end(JSON.stringify(body));
};

beforeEach(async () => {
  server = await SinkServer.start();
});
afterEach(async () => {
  await sink.close();
  await server.close();
});

describe(LunarySink.name, () => {
  beforeEach(() => {
    sink = new LunarySink({ endpoint: server.url, apiKey: 'lunary-key' });
  });

  it('sends the start and the end of each run in one request', async () => {
    answerJson({ results: [] });
    expect(
      await send(eventLine(1, CAPTURED), eventLine(2, { status: 429, end: 'ok', code: 'rate_limited' })),
    ).toMatchObject({
      kind: 'taken',
    });

    expect(server.requests[0]).toMatchObject({
      path: '/v1/runs/ingest',
      headers: { authorization: 'Bearer lunary-key' },
    });
    const { events } = sent();
    expect(events).toMatchObject([
      {
        type: 'llm',
        event: 'start',
        name: 'gpt-5.6-terra-2026-08-01',
        timestamp: '2026-11-28T10:00:00.123Z',
        input: [{ role: 'user', content: 'Hi' }],
        metadata: { project_id: 'project-1', cost_nano_usd: 123_456 },
      },
      {
        event: 'end',
        timestamp: '2026-11-28T10:00:01.623Z',
        output: { role: 'assistant', content: 'Hello' },
        tokensUsage: { prompt: 19, completion: 10, promptCached: 3 },
      },
      { event: 'start' },
      { event: 'error', error: { message: 'status 429, rate_limited' } },
    ]);
    expect(events[0].runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(events[1].runId).toBe(events[0].runId);
    expect(events[2].runId).not.toBe(events[0].runId);
  });

  it('gives a run the same id on every delivery, and takes “already exists” for a yes', async () => {
    answerJson({ results: [] });
    await send(eventLine(1));
    answerJson({ results: [{ id: sent().events[0].runId, success: false, error: 'Run already exists' }] });
    expect(await send(eventLine(1))).toEqual({ kind: 'taken', refused: [] });
    expect(sent(1).events[0].runId).toBe(sent(0).events[0].runId);
  });

  it('sets aside the run that Lunary refuses', async () => {
    server.answer = ({ body }, response) => {
      const { events } = JSON.parse(body.toString()) as { events: { runId: string }[] };
      const results = events.map(({ runId }, at) => ({
        id: runId,
        success: at !== 2,
        error: at === 2 ? 'malformed' : undefined,
      }));
      response.writeHead(200).end(JSON.stringify({ results }));
    };
    expect(await send(eventLine(1), eventLine(2), eventLine(3))).toEqual({
      kind: 'taken',
      refused: [{ at: 1, reason: 'refused by Lunary' }],
    });
  });

  it('asks nothing for events that are no call of a model', async () => {
    expect(await send(eventLine(1, { method: 'GET', route: 'models' }))).toEqual({ kind: 'taken' });
    expect(server.requests).toEqual([]);
  });

  it.each<[number | string, Outcome['kind']]>([
    [401, 'broken'],
    [402, 'refused'],
    [500, 'retry'],
    ['not json', 'retry'],
  ])('takes %s for %s', async (answer, kind) => {
    server.answer = typeof answer === 'number' ? answer : (_request, response) => void response.end(answer);
    expect(await send(eventLine(1))).toMatchObject({ kind });
  });

  it('refuses what is not an event', async () => {
    expect(await send('not an event')).toEqual({ kind: 'refused', reason: 'not an event' });
    expect(await send('{}')).toMatchObject({ kind: 'refused' });
  });
});

describe('a forward proxy', () => {
  it('gets the requests of a sink, but for the hosts of NO_PROXY', async () => {
    const endpoint = 'http://lunary.example.invalid';
    sink = new LunarySink({ endpoint, apiKey: 'k' }, { HTTP_PROXY: server.url });
    answerJson({ results: [] });
    expect(await send(eventLine(1))).toMatchObject({ kind: 'taken' });
    expect(server.requests[0]!.path).toBe(`${endpoint}/v1/runs/ingest`);
    await sink.close();

    const NO_PROXY = 'lunary.example.invalid';
    sink = new LunarySink({ endpoint, apiKey: 'k' }, { HTTP_PROXY: server.url, NO_PROXY });
    expect(await send(eventLine(1))).toMatchObject({ kind: 'retry' });
  });
});

describe(HeliconeSink.name, () => {
  beforeEach(() => {
    sink = new HeliconeSink({ endpoint: `${server.url}/custom/v1/log`, apiKey: 'helicone-key' });
  });

  it('sends one call with its usage and times', async () => {
    expect(await send(eventLine(1, CAPTURED))).toEqual({ kind: 'taken' });
    expect(server.requests[0]).toMatchObject({
      path: '/custom/v1/log',
      headers: { authorization: 'Bearer helicone-key' },
    });
    expect(sent()).toEqual({
      providerRequest: {
        url: '/v1/chat/completions',
        json: { model: 'gpt-5.6-terra', messages: [{ role: 'user', content: 'Hi' }] },
        meta: {
          'Helicone-User-Id': 'token-1',
          'Helicone-Property-event_id': '00000000-0000-4000-8000-000000000001:request',
          'Helicone-Property-request_id': 'request-1',
          'Helicone-Property-project_id': 'project-1',
          'Helicone-Property-end': 'ok',
        },
      },
      providerResponse: {
        json: {
          choices: [{ message: { role: 'assistant', content: 'Hello' } }],
          model: 'gpt-5.6-terra-2026-08-01',
          usage: {
            prompt_tokens: 19,
            completion_tokens: 10,
            total_tokens: 29,
            prompt_tokens_details: { cached_tokens: 3 },
          },
        },
        status: 200,
        headers: {},
      },
      timing: {
        startTime: { seconds: 1_795_860_000, milliseconds: 123 },
        endTime: { seconds: 1_795_860_001, milliseconds: 623 },
        timeToFirstToken: 101,
      },
    });
  });

  it('sends a stream as text', async () => {
    await send(eventLine(1, { response: { body: 'data: {}\n\n' }, usage: { source: 'none' } }));
    expect(sent().providerResponse).toMatchObject({ textBody: 'data: {}\n\n', json: {} });
  });

  it('asks nothing for events that are no call of a model', async () => {
    expect(await send(eventLine(1, { method: 'GET' }))).toEqual({ kind: 'taken' });
    expect(await send('{}')).toMatchObject({ kind: 'refused' });
    expect(server.requests).toEqual([]);
  });
});

describe(OtlpSink.name, () => {
  const open = (settings: Partial<OtlpSettings> = {}): void => {
    sink = new OtlpSink({
      url: `${server.url}/v1/traces`,
      headers: { authorization: 'Basic cGs6c2s=', 'x-langfuse-ingestion-version': '4' },
      timeoutMs: 2000,
      isCompressed: false,
      names: '0.1.0',
      ...settings,
    });
  };

  it('sends a span an event, with the headers of the settings', async () => {
    open({ isCompressed: true });
    expect(await send(eventLine(1), eventLine(2))).toEqual({ kind: 'taken' });
    const [{ path, headers, body }] = server.requests as [(typeof server.requests)[0]];
    expect(path).toBe('/v1/traces');
    expect(headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      'x-langfuse-ingestion-version': '4',
      authorization: 'Basic cGs6c2s=',
    });
    const text = gunzipSync(body).toString('latin1');
    expect(text).toContain('chat gpt-5.6-terra');
    expect(text).toContain('gen_ai.usage.cache_read.input_tokens');
    expect(text).toContain('llm_proxy.cost.nano_usd');
  });

  it.each<[number, Outcome]>([
    [400, { kind: 'refused', reason: 'HTTP 400' }],
    [401, { kind: 'broken', reason: 'HTTP 401' }],
    [500, { kind: 'retry', reason: 'HTTP 500' }],
    [302, { kind: 'broken', reason: 'HTTP 302: redirects are not followed' }],
  ])('takes %i for %o', async (code, outcome) => {
    open();
    server.answer = code;
    expect(await send(eventLine(1))).toEqual(outcome);
  });

  it('takes rejected spans for a refusal', async () => {
    open();
    // ExportTracePartialSuccess { rejected_spans: 1 } as field 1 of the response.
    server.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(Buffer.from([0x0a, 0x02, 0x08, 0x01]));
    };
    expect(await send(eventLine(1))).toEqual({ kind: 'refused', reason: 'rejected by the collector' });
    server.answer = 200;
    expect(await send(eventLine(1))).toEqual({ kind: 'taken' });
  });

  it('repeats when nothing listens', async () => {
    open({ url: 'http://127.0.0.1:1/v1/traces', timeoutMs: 300 });
    expect(await send(eventLine(1))).toMatchObject({ kind: 'retry' });
  });

  it('refuses what is not an event, and asks nothing for no event', async () => {
    open();
    expect(await send('{}')).toMatchObject({ kind: 'refused' });
    expect(await send()).toEqual({ kind: 'taken' });
  });
});
