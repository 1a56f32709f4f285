import { describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { expectPassed, expectRefused, json } from '../support/policy.fixture.js';

describe('a token bound to models', () => {
  const fixture = ProxyFixture.forTests();
  const bound = () => fixture.app.token({ max_requests: 50, allowed_models: ['gpt-4o', 'gpt-4o-*', 'whisper-1'] });
  const form = (...fields: [string, string][]) =>
    `${fields.map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--b--\r\n`;
  const multipart: [string, string] = ['Content-Type', 'multipart/form-data; boundary=b'];

  it('may use them', async () => {
    const token = await bound();
    for (const model of ['gpt-4o', 'gpt-4o-mini'])
      await expectPassed(fixture, { token, body: `{"model":"${model}"}`, with: [json] });
    await expectPassed(fixture, {
      token,
      target: '/v1/audio/transcriptions',
      body: form(['model', 'whisper-1'], ['file', 'x']),
      with: [multipart],
    });
  });

  it('may not use others, nor leave the choice to the upstream', async () => {
    const token = await bound();
    const expectRefusal = async (body: string, status: number, code: string, type = json, target = '/v1/responses') =>
      expectRefused(fixture, { token, body, target, with: [type] }, status, code);
    await expectRefusal('{"model":"gpt-5"}', 403, 'model_not_allowed');
    await expectRefusal('{"MODEL":"gpt-4o"}', 400, 'param_not_allowed');
    await expectRefusal('{"model":"gpt-4o","model":"gpt-5"}', 400, 'param_not_allowed');
    await expectRefusal('{"model":["gpt-4o"]}', 400, 'param_not_allowed');
    await expectRefusal('{"model":true}', 400, 'param_not_allowed');
    await expectRefusal('{"input":"x"}', 403, 'model_not_allowed');
    for (const run of ['{"assistant_id":"a","model":"gpt-5"}', '{"assistant_id":"a"}'])
      await expectRefusal(run, 403, 'model_not_allowed', json, '/v1/threads/runs');
    await expectRefusal(
      '{"input_file_id":"f","endpoint":"/v1/responses"}',
      403,
      'model_not_allowed',
      json,
      '/v1/batches',
    );
    for (const target of ['/v1/batches', '/v1/batches/', '/v1/%62atches', '/v1/evals', '/v1/realtime/client_secrets'])
      await expectRefusal('{"model":"gpt-4o","session":{"model":"gpt-5"}}', 403, 'model_not_allowed', json, target);
    const sdp: [string, string] = ['Content-Type', 'application/sdp'];
    await expectRefusal('v=0\r\n', 403, 'model_not_allowed', sdp, '/v1/realtime/calls?model=gpt-5');
    await expectRefusal('v=0\r\n', 400, 'body_invalid', sdp);
    await expectRefusal('', 400, 'body_invalid');
    await expectRefusal(form(['model', 'dear']), 403, 'model_not_allowed', multipart, '/v1/images/edits');
    await expectRefusal(form(['prompt', 'x']), 403, 'model_not_allowed', multipart, '/v1/images/edits');
  });

  it('BD-07 costs nothing when a chunk ends within the value that is refused', async () => {
    const token = await fixture.app.token({ max_requests: 1, allowed_models: ['gpt-4o'] });
    const client = await fixture.connect();
    await client.write(
      `POST /v1/responses HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    await client.write('a\r\n{"model":"\r\n');
    await client.write('7\r\ngpt-5"}\r\n0\r\n\r\n');
    expect((await client.response()).header('x-proxy-error')).toBe('model_not_allowed');
    client.destroy();
    expect(fixture.upstream.requests).toHaveLength(0);
    expect((await fixture.app.tokenById(token.id)).request_count).toBe(0);
  });

  it('may send what starts no model', async () => {
    const token = await bound();
    await expectPassed(fixture, { token, method: 'GET', target: '/v1/models' });
    await expectPassed(fixture, { token, target: '/v1/files', body: form(['purpose', 'batch']), with: [multipart] });
    await expectPassed(fixture, { token, target: '/v1/vector_stores', body: '{"name":"x"}', with: [json] });
    await expectPassed(fixture, { token, target: '/v1/responses/resp_1/cancel' });
  });

  it('does not apply to a model that a late part names', async () => {
    const token = await bound();
    const body = form(['file', 'x'.repeat(300_000)], ['model', 'dear']);
    const response = await fixture.call({
      headers: [...fixture.headers(token), multipart],
      body,
      target: '/v1/images/edits',
    });
    expect([response.status, response.header('x-proxy-error')]).toEqual([403, 'model_not_allowed']);
    expect(await (await fixture.upstream.nextRequest()).bodyEnded()).toBe('aborted');
  });
});

describe('a token bound to endpoints', () => {
  const fixture = ProxyFixture.forTests();

  it('TG-20 TG-11 may use them and nothing that only looks like them', async () => {
    const token = await fixture.app.token({ max_requests: 50, allowed_endpoints: ['/v1/models', '/v1/files/*'] });
    for (const target of ['/v1/models', '/v1/models?after=x', '/v1/files/f'])
      await expectPassed(fixture, { token, method: 'GET', target });
    for (const target of [
      '/v1/modelsX',
      '/v1/models.',
      '/v1/models/',
      '/v1/%6dodels',
      '/v1/files/a/content',
      '/v1/files/a%252fb',
    ])
      await expectRefused(fixture, { token, method: 'GET', target }, 403, 'endpoint_not_allowed');
  });
});

describe('a token bound to networks', () => {
  const here = ProxyFixture.forTests();
  const proxied = ProxyFixture.forTests({ TRUSTED_PROXIES: '127.0.0.0/8' });
  const from = (address: string): [string, string][] => [['X-Forwarded-For', address]];

  it('may be used from them, and HD-11 ignores a client that only claims to be there', async () => {
    await expectPassed(here, { token: await here.app.token({ max_requests: 9, allowed_ips: ['127.0.0.1'] }) });
    const token = await here.app.token({ max_requests: 9, allowed_ips: ['10.0.0.0/8', '2001:db8::/32'] });
    await expectRefused(here, { token }, 403, 'ip_not_allowed');
    await expectRefused(here, { token, with: from('10.0.0.1') }, 403, 'ip_not_allowed');
  });

  it('is judged by the address that trusted proxies vouch for', async () => {
    const token = await proxied.app.token({ max_requests: 9, allowed_ips: ['10.0.0.0/8', '2001:db8::/32'] });
    await expectPassed(proxied, { token, with: from('10.1.2.3') });
    await expectPassed(proxied, { token, with: from('2001:db8::1') });
    await expectPassed(proxied, { token, with: from('8.8.8.8, 10.1.2.3, 127.0.0.5') });
    for (const address of ['8.8.8.8', '10.1.2.3, 8.8.8.8', '10.1.2.3, unknown', ''])
      await expectRefused(proxied, { token, with: from(address) }, 403, 'ip_not_allowed');
    await expectRefused(proxied, { token }, 403, 'ip_not_allowed');
  });
});

describe('the bindings of a token', () => {
  const fixture = ProxyFixture.forTests();

  it('are shown, changed, cleared, and in force at the next call', async () => {
    const token = await fixture.app.token({ max_requests: 50 });
    expect(token).toMatchObject({ allowed_models: null, allowed_endpoints: null, allowed_ips: null });
    const patch = async (body: object) =>
      (await fixture.app.manage('PATCH', `/manage/tokens/${token.id}`, body)).status;
    const call = { token, body: '{"model":"gpt-5"}', with: [json] };
    await expectPassed(fixture, call);
    expect(await patch({ allowed_models: ['gpt-4o'] })).toBe(200);
    expect(await fixture.app.tokenById(token.id)).toMatchObject({ allowed_models: ['gpt-4o'] });
    await expectRefused(fixture, call, 403, 'model_not_allowed');
    expect(await patch({ allowed_models: null, allowed_endpoints: ['/v1/chat/*'] })).toBe(200);
    await expectPassed(fixture, call);
    expect(await patch({ allowed_ips: ['::1'] })).toBe(200);
    await expectRefused(fixture, call, 403, 'ip_not_allowed');
    expect(await patch({ allowed_ips: null, allowed_endpoints: null })).toBe(200);
    fixture.app = await fixture.app.restart();
    expect(await fixture.app.tokenById(token.id)).toMatchObject({ allowed_models: null, allowed_endpoints: null });
  });

  it.each([
    ['allowed_models', []],
    ['allowed_models', 'gpt-4o'],
    ['allowed_models', ['']],
    ['allowed_models', [5]],
    ['allowed_models', ['a'.repeat(5000)]],
    ['allowed_models', ['a', 'a']],
    ['allowed_models', Array.from({ length: 101 }, (_, i) => `m${i}`)],
    ['allowed_endpoints', ['models']],
    ['allowed_endpoints', ['/v1/**/x']],
    ['allowed_endpoints', ['/v1/%6dodels']],
    ['allowed_endpoints', {}],
    ['allowed_ips', ['10.0.0.0/33']],
    ['allowed_ips', ['localhost']],
    ['allowed_ips', [null]],
  ])('BD-13 refuses %s of %j', async (field, value) => {
    const { project_id: project } = fixture.token;
    for (const [method, path, body] of [
      ['POST', '/manage/tokens', { project_id: project }],
      ['PATCH', `/manage/tokens/${fixture.token.id}`, {}],
    ] as const) {
      const answer = await fixture.app.manage(method, path, { ...body, [field]: value });
      const { details } = (await answer.json()) as { details: { field: string; message: string }[] };
      expect([answer.status, details[0]?.field]).toEqual([400, field]);
      expect(details[0]?.message.startsWith(field)).toBe(true);
    }
  });
});

describe('a narrowed token on a WebSocket', () => {
  const fixture = ProxyFixture.forTests();
  const handshake = async (fields: object, target: string) => {
    const token = await fixture.app.token(fields as Record<string, unknown>);
    const response = await fixture.call({
      method: 'GET',
      target,
      headers: [
        ...fixture.headers(token),
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ],
    });
    return response.header('x-proxy-error') ?? response.status;
  };

  it('is bound as anywhere else', async () => {
    expect(await handshake({ allowed_models: ['gpt-realtime'] }, '/v1/realtime?model=dear')).toBe('model_not_allowed');
    expect(await handshake({ allowed_models: ['gpt-realtime'] }, '/v1/responses')).toBe('model_not_allowed');
    expect(await handshake({ allowed_endpoints: ['/v1/models'] }, '/v1/realtime?model=a')).toBe('endpoint_not_allowed');
    expect(await handshake({ allowed_ips: ['10.0.0.0/8'] }, '/v1/realtime?model=a')).toBe('ip_not_allowed');
    expect(fixture.bytesUpstream).toBe(0);
    expect(await handshake({ allowed_models: ['gpt-realtime'] }, '/v1/realtime?model=gpt-realtime')).toBe(200);
  });
});
