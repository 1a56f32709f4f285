import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ProjectAnswer, TestApp, type TokenAnswer } from '../support/app.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { auditRows } from '../support/audit.rows.js';
import { refused } from '../support/refusal.js';
import type { RequestDetailView, RequestView } from '../../src/reporting/requests/request.dto.js';
import { errors } from '../../src/common/errors/errors.js';

describe('GET /manage/requests', () => {
  let app: TestApp;
  let project: ProjectAnswer;
  let token: TokenAnswer;
  const events = new MemoryEvents();
  beforeAll(async () => {
    app = await TestApp.start();
    project = await app.project({ name: 'Search team' });
    token = await app.token({ project_id: project.id, name: 'nightly' });
    events.serve(app);
  });
  afterAll(() => app.close());
  beforeEach(() => {
    events.fault = undefined;
    events.clear();
  });

  async function list(query = ''): Promise<{ entries: RequestView[]; next: string | undefined }> {
    const answer = await app.manage('GET', `/manage/requests?${query}`);
    expect(answer.status).toBe(200);
    const next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    return { entries: (await answer.json()) as RequestView[], next };
  }
  const whole = () =>
    proxyEvent({
      id: '5f0c9e5a-4a53-4c1b-8a39-b7a2c8f4a001:request',
      request_id: 'mine',
      upstream_request_id: 'req_theirs',
      correlation_id: 'corr',
      project_id: project.id,
      token_id: token.id,
      model: 'gpt-5.6-2026-08-01',
      request_model: 'gpt-5.6',
      tier: 'flex',
      stream: true,
      bytes_in: 10,
      bytes_out: 20,
      queue_ms: 0.2,
      upstream_headers_ms: 3,
      first_byte_ms: 4,
      last_byte_ms: 5.5,
      overhead_ms: 0.4,
      usage: { source: 'provider', input: 5, output: 2 },
      cost: { nano_usd: 1_500_600, price_version: '2026-11-20', source: 'catalogue' },
      response: { headers: { 'content-type': 'text/plain' }, body: 'hello' },
    });

  it('has the newest first, with names, figures and cost', async () => {
    events.add(whole(), proxyEvent({ request_id: 'newer', status: 401, end: 'auth', code: 'token_missing' }));
    const { entries, next } = await list();
    expect(next).toBeUndefined();
    expect(entries.map(({ request_id: id }) => id)).toEqual(['newer', 'mine']);
    expect(entries[1]).toEqual({
      id: '5f0c9e5a-4a53-4c1b-8a39-b7a2c8f4a001:request',
      cursor: expect.any(String),
      request_id: 'mine',
      kind: 'request',
      at: '2026-11-27T12:00:00.000Z',
      project_id: project.id,
      project_name: 'Search team',
      token_id: token.id,
      token_name: 'nightly',
      method: 'POST',
      route: 'chat_completions',
      path: '/v1/chat/completions',
      model: 'gpt-5.6-2026-08-01',
      status: 200,
      end: 'ok',
      stream: true,
      duration_ms: 5.5,
      first_byte_ms: 4,
      overhead_ms: 0.4,
      bytes_in: 10,
      bytes_out: 20,
      usage: { source: 'provider', input: 5, output: 2 },
      cost_micro_usd: 1501,
      replica: 'replica-1',
    });
    expect(entries[0]).toMatchObject({ status: 401, end: 'auth', code: 'token_missing', stream: false });
    expect(Object.keys(entries[0]!)).not.toContain('cost_micro_usd');
  });

  it('gives every request once when its links are followed, and keeps the filter', async () => {
    for (let i = 0; i < 25; i += 1) events.add(proxyEvent({ end: i % 2 ? 'ok' : 'client' }));
    const seen: string[] = [];
    let target: string | undefined = '/manage/requests?end=client&page_size=4';
    while (target) {
      const { entries, next }: Awaited<ReturnType<typeof list>> = await list(target.split('?')[1]);
      seen.push(...entries.map(({ id }) => id));
      target = next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([13, 13]);
  });

  it('has 50 on a page, at most 200', async () => {
    for (let i = 0; i < 250; i += 1) events.add(proxyEvent());
    expect((await list()).entries).toHaveLength(50);
    expect((await list('page_size=100000')).entries).toHaveLength(200);
  });

  it.each([
    ['project_id={project}', { project_id: '{project}' }],
    ['token_id={token}', { token_id: '{token}' }],
    ['model=gpt-9', { model: 'gpt-9' }],
    ['model=gpt-9', { request_model: 'gpt-9' }],
    ['status_class=5xx', { status: 503 }],
    ['end=crash', { end: 'crash' }],
    ['path=/v1/res', { path: '/v1/responses' }],
    ['replica=other', { replica: 'other' }],
    ['slower_than_ms=100', { last_byte_ms: 100.5 }],
    ['from=2026-11-28T00:00:00Z', { at: '2026-11-28T00:00:00.000Z' }],
    ['to=2026-11-27T11:59:59Z', { at: '2026-11-27T11:59:58.999Z' }],
    ['request_id=abc', { request_id: 'abc' }],
    ['request_id=abc', { upstream_request_id: 'abc' }],
  ] as const)('filters by %s', async (query, fields) => {
    const fill = (text: string) => text.replace('{project}', project.id).replace('{token}', token.id);
    const wanted = proxyEvent(JSON.parse(fill(JSON.stringify(fields))) as object);
    events.add(proxyEvent(), wanted, proxyEvent());
    expect((await list(fill(query))).entries.map(({ id }) => id)).toEqual([wanted.id]);
  });

  it.each([
    ['project_id=x', 'project_id'],
    ['token_id=x', 'token_id'],
    ['model=', 'model'],
    ['status_class=2', 'status_class'],
    ['end=bad', 'end'],
    ['path=', 'path'],
    [`replica=${'x'.repeat(201)}`, 'replica'],
    ['slower_than_ms=-1', 'slower_than_ms'],
    ['slower_than_ms=1s', 'slower_than_ms'],
    ['from=2026-11-28', 'from'],
    ['to=now', 'to'],
    ['before=%00', 'before'],
    ['before=zzz', 'before'],
    ['before=12', 'before'],
    ['before=-1.2', 'before'],
    ['page_size=0', 'page_size'],
    ['page=2', 'page'],
  ])('refuses ?%s', async (query, field) => {
    expect(await refused(app.manage('GET', `/manage/requests?${query}`))).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });

  it('shows one request by the id of its event or its own, with timings and captured bodies', async () => {
    events.add(whole());
    for (const id of ['5f0c9e5a-4a53-4c1b-8a39-b7a2c8f4a001:request', 'mine']) {
      const answer = await app.manage('GET', `/manage/requests/${id}`);
      expect(answer.status).toBe(200);
      const detail = (await answer.json()) as RequestDetailView;
      expect(detail).toMatchObject({
        project_name: 'Search team',
        upstream_request_id: 'req_theirs',
        correlation_id: 'corr',
        request_model: 'gpt-5.6',
        tier: 'flex',
        cost_nano_usd: 1_500_600,
        price_version: '2026-11-20',
        timings_ms: { admitted: 0.4, headers: 3.6, first_byte: 4, last_byte: 5.5 },
        bodies: { response: { bytes: 5, truncated: false, headers: { 'content-type': 'text/plain' } } },
      });
      expect(Object.keys(detail)).not.toContain('cursor');
    }
  });

  it('gives the bytes of a body as an attachment, which no browser shows', async () => {
    const body_base64 = Buffer.from([0xff, 0, 1]).toString('base64');
    events.add({ ...whole(), request: { body_base64, truncated: true } });
    const get = async (side: string) => app.manage('GET', `/manage/requests/mine/body/${side}`);
    const [request, response] = [await get('request'), await get('response')];
    expect([await request.arrayBuffer(), await response.text()]).toEqual([Uint8Array.of(255, 0, 1).buffer, 'hello']);
    const read = { action: 'request.body.read', outcome: 'success', path: '/manage/requests/mine/body/response' };
    expect((await auditRows(app)).at(-1)).toMatchObject({
      ...read,
      metadata: { request_id: 'mine', side: 'response', bytes: 5 },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '5',
      'content-disposition': 'attachment; filename="5f0c9e5a-4a53-4c1b-8a39-b7a2c8f4a001-response.bin"',
      'x-content-type-options': 'nosniff',
      'cache-control': expect.stringContaining('no-store'),
    });
    expect(await (await app.manage('GET', '/manage/requests/mine')).json()).toMatchObject({
      bodies: { request: { bytes: 3, truncated: true, headers: {} } },
    });
    expect(await (await app.manage('GET', '/manage/requests')).text()).not.toContain(body_base64);
  });

  it('gives no body whose reading the audit log cannot have', async () => {
    events.add(whole());
    const source = app.running.app.get(DataSource, { strict: false });
    await source.query('ALTER TABLE audit_events RENAME TO audit_elsewhere');
    expect(await refused(app.manage('GET', '/manage/requests/mine/body/response'))).toMatchObject({
      status: 503,
      code: 'audit_unavailable',
    });
    await source.query('ALTER TABLE audit_elsewhere RENAME TO audit_events');
  });

  it('has no body that was not captured, and none of an unknown request', async () => {
    events.add(proxyEvent({ request_id: 'bare' }));
    const refusedBody = async (path: string) => refused(app.manage('GET', `/manage/requests/${path}`));
    expect(await refusedBody('bare/body/request')).toMatchObject({ status: 404, code: 'body_not_found' });
    expect(await refusedBody('unknown/body/response')).toMatchObject({ status: 404, code: 'request_not_found' });
    expect((await app.manage('GET', '/manage/requests/bare/body/other')).status).toBe(404);
  });

  it('has no bodies when none are captured', async () => {
    events.add(proxyEvent({ request_id: 'bare' }));
    const detail = (await (await app.manage('GET', '/manage/requests/bare')).json()) as object;
    expect(detail).toMatchObject({ timings_ms: {} });
    expect(detail).not.toHaveProperty('bodies');
  });

  it.each(['unknown', 'x'.repeat(201), 'LIVE'])('does not find %s', async (id) => {
    expect(await refused(app.manage('GET', `/manage/requests/${id}`))).toMatchObject({
      status: 404,
      code: 'request_not_found',
    });
  });

  it('is for the operator alone', async () => {
    for (const path of ['', '/mine', '/live', '/mine/body/request', '/mine/body/response'])
      expect((await app.manage('GET', `/manage/requests${path}`, undefined, null)).status).toBe(401);
  });

  it('answers 503 while the events cannot be read', async () => {
    events.fault = errors.storeUnavailable();
    for (const path of ['', '/mine', '/live'])
      expect(await refused(app.manage('GET', `/manage/requests${path}`))).toMatchObject({ code: 'store_unavailable' });
  });
});

describe('requests of a server without observability', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ OBSERVABILITY_ENABLED: 'false' });
  });
  afterAll(() => app.close());

  it.each(['', '/some-id', '/live'])('/manage/requests%s is refused', async (path) => {
    expect(await refused(app.manage('GET', `/manage/requests${path}`))).toMatchObject({
      status: 409,
      code: 'observability_disabled',
    });
  });
});
