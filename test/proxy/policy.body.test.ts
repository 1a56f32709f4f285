import { describe, expect, it } from 'vitest';
import { expectPassed, expectRefused, json, oneProvider, policyFixture } from '../support/policy.fixture.js';

const MODELS = ['gpt-4o', 'gpt-4o-*'];

describe('param_whitelist', () => {
  const fixture = policyFixture(oneProvider({ param_whitelist: { model: MODELS, n: [1, 2], stream: [true] } }));
  const expectRefusal = async (
    body: string | Buffer,
    types: [string, string][] = [json],
    status = 400,
    code = 'param_not_allowed',
  ) => expectRefused(fixture, { body, with: types }, status, code);
  const expectIntact = async (body: string | Buffer, types: [string, string][] = [json]) =>
    expectPassed(fixture, { body, with: types });

  it.each([
    '{"model":"gpt-4o"}',
    '{"model":"gpt-4o-mini","n":1,"stream":true}',
    '{"\\u006dodel":"\\u0067pt-4o"}',
    ' {"messages":[{"model":"dear"}],"model":"gpt-4o"} \n',
    '{"messages":[]}',
  ])('lets %s pass, byte for byte', async (body) => void (await expectIntact(body)));

  it('names the parameter and never the value', async () => {
    const response = await expectRefusal('{"model":"sk-secret-canary"}');
    expect(response.text).toContain('model');
    expect(response.text).not.toContain('canary');
    expect(fixture.app.log).not.toContain('sk-secret-canary');
  });

  it.each([
    'application/json',
    ' application/json',
    '\tapplication/json',
    'APPLICATION/JSON',
    'application/json;',
    'application/json; charset=utf-8',
    'application/jsonx',
    'text/plain',
    'application/octet-stream',
  ])('BD-01 checks a body of type %j as JSON', async (type) => {
    await expectRefusal('{"model":"dear"}', [['Content-Type', type]]);
    await expectIntact('{"model":"gpt-4o"}', [['Content-Type', type]]);
  });

  it('BD-01 checks a body without a content type as JSON', async () => {
    await expectRefusal('{"model":"dear"}', []);
    await expectIntact('{"model":"gpt-4o"}', []);
  });

  it.each([
    [['Content-Type', 'application/json; charset=utf-16']],
    [['Content-Type', 'application/json; charset=utf-7']],
    [['Content-Type', 'application/json, multipart/form-data; boundary=x']],
    [['Content-Type', 'application/x-www-form-urlencoded']],
    [['Content-Type', 'multipart/mixed; boundary=x']],
    [json, ['content-type', 'multipart/form-data; boundary=x']],
  ] as [[string, string], ...[string, string][]][])(
    'BD-01 refuses content types that another parser could read differently: %j',
    async (...types) => void (await expectRefusal('{"model":"gpt-4o"}', types, 415, 'media_type_unsupported')),
  );

  it.each([
    '{"model":"gpt-4o","model":"dear"}',
    '{"model":"gpt-4o","\\u006dodel":"gpt-4o"}',
    '{"model":"gpt-4o","MODEL":"dear"}',
    '{"model":"gpt-4o","model\\u0000x":"dear"}',
    '{"Model":"gpt-4o"}',
  ])('BD-02 refuses what parsers disagree about: %s', async (body) => void (await expectRefusal(body)));

  it('BD-02 lets duplicates of a field without a rule pass', async () =>
    void (await expectIntact('{"a":1,"model":"gpt-4o","a":2}')));

  it('BD-04 BD-05 forwards prototype keys and odd numbers byte for byte', async () =>
    void (await expectIntact(
      '{"__proto__":{"x":1},"constructor":{"prototype":{}},"\\u005f_proto__":1,"a":1e400,"b":-0,"c":9007199254740993,"model":"gpt-4o"}',
    )));

  it.each(['["gpt-4o"]', '{}', 'true', 'null', '4', '""'])(
    'BD-14 refuses a model of %s',
    async (value) => void (await expectRefusal(`{"model":${value}}`)),
  );

  it.each(['"1"', '1.5', '3', '1e400', 'true'])(
    'BD-14 refuses an n of %s',
    async (value) => void (await expectRefusal(`{"n":${value}}`)),
  );

  it.each(['', 'null', '"x"', '[]', '{', '{}x', 'model=gpt-4o', '\ufeff{}', '{"model":"gpt-4o",}'])(
    'BD-16 refuses the body %j',
    async (body) => void (await expectRefusal(body, [json], 400, 'body_invalid')),
  );

  it.each(['gzip, br', 'gzip, gzip', 'x', 'compress', 'aws-chunked', '__proto__'])(
    'BD-10 cannot read a body encoded as %s',
    async (coding) =>
      void (await expectRefusal(
        '{"model":"gpt-4o"}',
        [json, ['Content-Encoding', coding]],
        415,
        'media_type_unsupported',
      )),
  );

  it('BD-10 reads a body with the coding identity', async () =>
    void (await expectIntact('{"model":"gpt-4o"}', [json, ['Content-Encoding', 'identity']])));

  it('refuses more than 1,000 members, and does not count nested ones', async () => {
    const members = (count: number) => Array.from({ length: count }, (_, i) => `"k${i}":1`).join();
    await expectRefusal(`{${members(1000)},"model":"gpt-4o"}`, [json], 400, 'body_invalid');
    await expectIntact(`{${members(998)},"a":{${members(5000)}},"model":"gpt-4o"}`);
  });

  it.each([
    ['\ufeff{"model":"gpt-4o"}', /byte order mark/],
    ['{"model":"gpt-4o","temperature":NaN}', /neither NaN nor Infinity/],
  ])('says what is not JSON in %j', async (body, words) =>
    expect((await expectRefusal(body, [json], 400, 'body_invalid')).text).toMatch(words),
  );

  it('requires its model of a body over 64 KiB whose last piece completes it', async () => {
    const token = await fixture.app.token({ allowed_models: ['gpt-4o'], max_requests: 9 });
    const client = await fixture.connect();
    const body = `{"text":"${'a'.repeat(66_000)}"}`;
    const head = `POST /v1/responses HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token.token}\r\nContent-Length: ${body.length}\r\n\r\n`;
    await client.write(head + body.slice(0, 60_000));
    await client.write(body.slice(60_000));
    expect((await client.response()).header('x-proxy-error')).toBe('model_not_allowed');
    expect(fixture.bytesUpstream).toBe(0);
    client.destroy();
  });

  it('BD-10 refuses codings stacked 300 high', async () =>
    void (await expectRefusal('{}', [['Content-Encoding', 'gzip, '.repeat(300)]], 400, 'header_invalid')));

  it('BD-13 refuses a value of a megabyte', async () =>
    void (await expectRefused(fixture, { body: `{"model":"${'a'.repeat(1024 * 1024)}"}` }, 400, 'param_not_allowed')));

  it('does not require a body of GET and DELETE, but checks one', async () => {
    await expectPassed(fixture, { method: 'GET', target: '/v1/models' });
    await expectPassed(fixture, { method: 'DELETE', target: '/v1/files/f' });
    await expectRefused(
      fixture,
      { method: 'DELETE', target: '/v1/files/f', body: '{"model":"dear"}' },
      400,
      'param_not_allowed',
    );
  });

  it('does not require a body of an action without one', async () =>
    void (await expectPassed(fixture, { target: '/v1/responses/resp_1/cancel' })));
});

describe('a rule over form data', () => {
  const fixture = policyFixture(oneProvider({ param_whitelist: { model: ['whisper-*'] } }));
  const type = (boundary: string): [string, string] => ['Content-Type', `multipart/form-data; boundary=${boundary}`];
  const field = (name: string, value: string, more = '') =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const file = field(
    'file',
    '\x00\xff--b\r\r\n--',
    '; filename="../C:\\tmp\\a.wav"\r\nContent-Type: audio/wav',
  ).replace('--b\r\r', '-b\r\r');
  const END = '--b--\r\n';

  it.each([
    ['before the file', field('model', 'whisper-1') + file + END],
    ['after the file', file + field('model', 'whisper-1') + END],
    ['not at all', file + END],
    ['among 1,000 parts', `${field('x', 'y').repeat(999)}${field('model', 'whisper-1')}${END}`],
  ])(
    'BD-11 lets it pass with the model %s',
    async (_where, body) =>
      void (await expectPassed(fixture, {
        target: '/v1/audio/transcriptions',
        body: Buffer.from(body, 'latin1'),
        with: [type('b')],
      })),
  );

  it.each([
    ['another model', field('model', 'dear') + file + END, 'param_not_allowed'],
    ['more than 1,000 parts', `${field('x', 'y').repeat(1000)}${field('model', 'whisper-1')}${END}`, 'body_invalid'],
    ['the model twice', field('model', 'whisper-1') + field('model', 'dear') + END, 'param_not_allowed'],
    ['the model in an array', field('model[]', 'dear') + END, 'param_not_allowed'],
    ['the model as a file', field('model', 'whisper-1', '; filename="x"') + END, 'param_not_allowed'],
    [
      'an encoded model',
      field('model', 'd2hpc3Blci0x', '"\r\nContent-Transfer-Encoding: base64').replace('""', '"') + END,
      'param_not_allowed',
    ],
    ['an escaped name', field('mod\\"el', 'dear') + END, 'body_invalid'],
    ['two names', field('x', 'dear', '; name="model"') + END, 'body_invalid'],
    ['a folded head', '--b\r\nContent-Disposition: form-data;\r\n name="model"\r\n\r\ndear\r\n--b--', 'body_invalid'],
    ['bare line feeds', '--b\nContent-Disposition: form-data; name="model"\n\ndear\n--b--', 'body_invalid'],
    [
      'a boundary after a bare line feed',
      field('x', 'y\n--b\nContent-Disposition: form-data; name="model"\n\ndear') + END,
      'body_invalid',
    ],
    ['a preamble', `x\r\n${field('model', 'dear')}${END}`, 'body_invalid'],
    ['an epilogue', `${field('x', 'y')}${END}${field('model', 'dear')}`, 'body_invalid'],
    ['no end', field('model', 'whisper-1'), 'body_invalid'],
    ['JSON', '{"model":"whisper-1"}', 'body_invalid'],
  ])(
    'BD-11 refuses %s',
    async (_what, body, code) =>
      void (await expectRefused(
        fixture,
        { target: '/v1/audio/transcriptions', body: Buffer.from(body, 'latin1'), with: [type('b')] },
        400,
        code,
      )),
  );

  it.each(['""', '"b"; boundary=c', '"b\\"', ''])(
    'BD-11 refuses the boundary %s',
    async (boundary) =>
      void (await expectRefused(
        fixture,
        { body: `${field('model', 'whisper-1')}${END}`, with: [type(boundary)] },
        415,
        'media_type_unsupported',
      )),
  );
});
