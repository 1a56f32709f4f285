import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/metrics/metric.catalogue.js';
import { ENDS } from '../../src/http/exchange.js';
import { METHODS, ROUTES, STATUS_CLASSES } from '../../src/metrics/request.labels.js';
import { until } from '../support/app.js';
import { PrometheusText } from '../support/prometheus.text.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { answer } from '../support/upstream.scenarios.js';
import { HANDSHAKE, WebSocketClient } from '../support/websocket.client.js';
import { UpstreamSocket } from '../support/websocket.upstream.js';

const OPEN = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

describe('the metrics', () => {
  const fixture = ProxyFixture.forTests();

  const get = async (path = '/metrics', headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(`${fixture.app.url}${path}`, { method, headers });

  const scrape = async (): Promise<PrometheusText> => new PrometheusText(await (await get()).text());

  const CHAT = { route: 'chat_completions', method: 'POST' };

  it('count requests by route, method, status and end, and errors among them', async () => {
    const before = await scrape();
    await fixture.call({ target: '/v1/chat/completions', body: '{"x":1}' });
    fixture.upstream.once(answer({ status: 429, body: '{}' }));
    await fixture.call({ target: '/v1/chat/completions', body: '{}' });
    await fixture.call({ target: '/v1/chat/completions', body: '{}', headers: [] });
    const after = await scrape();
    const more = (name: string, labels: object) =>
      after.sum(name, { ...CHAT, ...labels }) - before.sum(name, { ...CHAT, ...labels });
    expect(more('llm_proxy_requests_total', { status_class: '2xx', end: 'ok' })).toBe(1);
    expect(more('llm_proxy_requests_total', { status_class: '4xx', end: 'ok' })).toBe(1);
    expect(more('llm_proxy_requests_total', { status_class: '4xx', end: 'auth' })).toBe(1);
    expect(more('llm_proxy_errors_total', {})).toBe(2);
    expect(after.sum('llm_proxy_errors_total', { ...CHAT, status_class: '2xx' })).toBe(0);
    const bytes = (text: PrometheusText) => text.sum('llm_proxy_request_bytes_total', { route: 'chat_completions' });
    expect(bytes(after) - bytes(before)).toBe(9);
  });

  it('have the durations of requests, and the overhead of those that reached the upstream', async () => {
    const before = await scrape();
    await fixture.call({ target: '/v1/embeddings', body: '{}' });
    await fixture.call({ target: '/v1/embeddings', body: '{}', headers: [] });
    const after = await scrape();
    const more = (name: string, labels: Record<string, string>) => after.sum(name, labels) - before.sum(name, labels);
    const series = { route: 'embeddings', stream: 'false' };
    expect(more('llm_proxy_request_duration_seconds_count', series)).toBe(2);
    expect(more('llm_proxy_upstream_duration_seconds_count', series)).toBe(1);
    expect(more('llm_proxy_first_byte_seconds_count', series)).toBe(1);
    expect(more('llm_proxy_overhead_seconds_count', {})).toBe(1);
    const sum = more('llm_proxy_request_duration_seconds_sum', series);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(60);
  });

  it('show streams and sockets while they are open', async () => {
    const paced = fixture.upstream.sse();
    const client = await fixture.connect();
    await client.send({ method: 'POST', target: '/v1/responses', headers: fixture.headers(), body: '{}' });
    await paced.opened();
    await paced.send('data: 1\n\n');
    await client.sees('data: 1\n\n');
    fixture.upstream.once(new UpstreamSocket().handler);
    const headers = [...HANDSHAKE, ...fixture.headers()];
    const socket = await WebSocketClient.ask(fixture.app.port, headers, { target: '/v1/realtime' });
    await socket.answer();
    const open = await scrape();
    expect(open.sum('llm_proxy_requests_in_flight')).toBe(2);
    expect(open.sum('llm_proxy_streams_open')).toBe(1);
    expect(open.sum('llm_proxy_sockets_open')).toBe(1);
    await paced.end();
    socket.socket.destroy();
    await until('both to end', async () => (await scrape()).sum('llm_proxy_requests_in_flight') === 0);
    const closed = await scrape();
    expect(closed.sum('llm_proxy_request_duration_seconds_count', { route: 'responses', stream: 'true' })).toBe(1);
    expect(closed.sum('llm_proxy_requests_total', { route: 'realtime', status_class: '1xx' })).toBe(1);
    expect(closed.sum('llm_proxy_request_duration_seconds_count', { route: 'realtime' })).toBe(0);
  });

  it('never have what a client wrote', async () => {
    const secret = fixture.token.token;
    const targets = [
      '/v1/canary"}\\n', '/v1/canary%0a%22', '/v1/chat/completions/canary', '/v1/threads/canary/runs/canary', `/v1/${secret}`,
      '/canary', '/manage/canary', '/metrics/canary', '//canary/v1', '/v1/canary?canary=1', '/v1/__proto__', '/constructor',
    ]; // prettier-ignore
    for (const target of targets)
      for (const method of ['GET', 'PATCH', 'PROPFIND', 'CANARY', '__proto__', 'M-SEARCH']) {
        const client = await fixture.connect();
        await client.send({ method, target, headers: [...fixture.headers(), ['X-Request-Id', 'canary']] });
        await client.response().catch(() => undefined);
        client.destroy();
      }
    const text = await (await get()).text();
    expect(text).not.toMatch(/canary|proto__|constructor|propfind|search/i);
    for (const id of [fixture.token.id, fixture.token.project_id, secret]) expect(text).not.toContain(id);
    const known = new Map<string, readonly string[]>([
      ['route', ROUTES],
      ['method', METHODS],
      ['status_class', STATUS_CLASSES],
      ['end', ENDS],
    ]);
    const unknown = new PrometheusText(text)
      .values('llm_proxy_requests_total')
      .flatMap(({ labels }) => Object.entries(labels))
      .filter(([label, value]) => !known.get(label)?.includes(value));
    expect(unknown).toEqual([]);
  });

  it('are text 0.0.4 by default, and OpenMetrics for those who ask for it', async () => {
    const plain = await get();
    expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(plain.headers.get('cache-control')).toBe('no-store');
    const open = await get('/metrics', { accept: OPEN });
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const text = await open.text();
    expect(text.endsWith('# EOF\n')).toBe(true);
    expect(new PrometheusText(text, true).sum('llm_proxy_requests_total')).toBeGreaterThan(0);
  });

  it('have the figures of the process, and say what runs', async () => {
    const text = await scrape();
    expect(text.sum('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(text.sum('llm_proxy_uptime_seconds')).toBeGreaterThan(0);
    const names = [...text.metrics.keys()];
    for (const name of ['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_heap_size_used_bytes'])
      expect(names).toContain(name);
    expect(text.values('llm_proxy_build_info')).toMatchObject([{ value: 1, labels: { node: process.version } }]);
  });

  it('are all in the catalogue, with its types and labels', async () => {
    const text = await scrape();
    const ours = [...text.metrics.values()].filter(({ name }) => name.startsWith('llm_proxy_'));
    expect(ours.length).toBeGreaterThan(10);
    for (const { name, type, help, values } of ours) {
      const entry = CATALOGUE.find((metric) => metric.name === name)!;
      expect([entry.type, entry.help]).toEqual([type, help]);
      const labels = new Set(values.flatMap((value) => Object.keys(value.labels)));
      labels.delete('le');
      expect([...labels].toSorted()).toEqual(entry.labels.toSorted());
    }
  });

  it('are seven numbers as JSON', async () => {
    const before = (await (await get('/metrics', { accept: 'application/json' })).json()) as Record<string, number>;
    await fixture.call({ target: '/v1/models', method: 'GET', headers: [] });
    const response = await get('/metrics', { accept: 'application/json' });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const after = (await response.json()) as Record<string, number>;
    expect(Object.keys(after)).toEqual([
      'uptime_seconds', 'request_count', 'error_count', 'cache_hits', 'cache_misses', 'cache_bypass', 'cache_stores',
    ]); // prettier-ignore
    expect(after['request_count']! - before['request_count']!).toBe(1);
    expect(after['error_count']! - before['error_count']!).toBe(1);
    expect(after['uptime_seconds']).toBeGreaterThan(0);
  });

  it('are text at /metrics/prometheus, whatever a client prefers', async () => {
    const response = await get('/metrics/prometheus', { accept: 'application/json' });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(new PrometheusText(await response.text()).metrics.size).toBeGreaterThan(10);
  });

  it.each(['/metrics', '/metrics/prometheus'])('answer HEAD and refuse POST at %s', async (path) => {
    const head = await get(path, {}, 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await get(path, {}, 'POST');
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('are no line of the log at level info', async () => {
    await get();
    await fixture.call({ target: '/v1/models', method: 'GET' });
    await until('a line', () => fixture.app.accessLines.some(({ path }) => path === '/v1/models'));
    expect(fixture.app.accessLines.filter(({ path }) => path === '/metrics')).toEqual([]);
  });

  it('leave the paths under /v1 to the upstream', async () => {
    expect((await fixture.call({ target: '/v1/metrics', method: 'GET' })).status).toBe(200);
  });
});
