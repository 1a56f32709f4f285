import { crc32 } from 'node:zlib';
import { DataSource } from 'typeorm';
import { describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/common/logging/log.js';
import { TokenHasher } from '../../src/crypto/token.hasher.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, until, UPSTREAM_KEY } from '../support/app.js';
import { Attack } from '../support/hostile.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { garbage } from '../support/upstream.broken.js';
import { resetBeforeHeaders } from '../support/upstream.scenarios.js';

describe('hostile headers', () => {
  const fixture = ProxyFixture.forTests();
  const attack = new Attack(fixture);

  it('HD-05 empty and invalid names are refused', async () => {
    for (const line of [': v', 'X[]: 1', 'x a: b', 'nocolon', 'X\t: 1', 'X\0: 1', '\xe9: 1'])
      expect(await attack.isRefused(await attack.request(`${line}\r\n`))).toMatchObject({ truncated: false });
  });

  it('HD-10 8-bit values go on byte for byte, control bytes are refused', async () => {
    const values = ['caf\xe9', '\xff\xfe', '\xc3\xa9', 'a\tb'];
    await attack.isServed(await attack.request(values.map((value) => `X-Odd: ${value}\r\n`).join('')));
    expect((await fixture.upstream.nextRequest()).headerValues('x-odd')).toEqual(values);
    for (const byte of ['\0', '\x01', '\x7f', '\x1b']) await attack.isRefused(await attack.request(`X: a${byte}b\r\n`));
  });

  it('HD-11 a claimed address is not believed: the log has the socket’s', async () => {
    await attack.isServed(
      await attack.request('X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n'),
    );
    await until('the line', () => fixture.app.accessLines.some(({ path }) => path === '/v1/files'));
    expect(fixture.app.accessLines.findLast(({ path }) => path === '/v1/files')?.['remote']).toBe('127.0.0.1');
    expect(fixture.app.log.includes('6.6.6.6')).toBe(false);
    expect((await fixture.upstream.nextRequest()).rawHead.toString()).not.toContain('6.6.6.6');
  });

  it('HD-19 any Accept-Encoding passes as sent', async () => {
    for (const value of [
      'br;q=1,*;q=0',
      'zstd, x-unknown;q=0.5',
      Array.from({ length: 500 }, () => 'gzip').join(', '),
    ]) {
      await attack.isServed(await attack.request(`Accept-Encoding: ${value}\r\n`));
      expect((await fixture.upstream.nextRequest()).header('accept-encoding')).toBe(value);
    }
  });

  it('TG-20 /v1/organization is refused with everything below it, and nothing that only begins like it is', async () => {
    for (const path of ['/v1/organization', '/v1/organization/', '/v1/organization/users', '/v1//organization/users'])
      expect(await attack.isRefused(await attack.request('', '', `GET ${path} HTTP/1.1`), [403], false)).toMatchObject({
        truncated: false,
      });
    for (const path of ['/v1/organizationX', '/v1/organization.', '/v1/organizations'])
      expect(await attack.isServed(await attack.request('', '', `GET ${path} HTTP/1.1`), 'GET')).toMatchObject({
        truncated: false,
      });
  });
});

describe('hostile credentials', () => {
  const fixture = ProxyFixture.forTests();
  const attack = new Attack(fixture);
  const withToken = (token: string): string =>
    `GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`;

  it('AU-16 two tokens that share their first 37 characters are never mixed', async () => {
    const [first, second] = [await fixture.app.token(), await fixture.app.token()];
    const twin = twinOf(first.token);
    const { running } = fixture.app;
    await running.app
      .get(DataSource)
      .query('UPDATE tokens SET secret_hash = ? WHERE id = ?', [running.app.get(TokenHasher).hash(twin), second.id]);
    for (const [secret, id] of [
      [first.token, first.id],
      [twin, second.id],
      [first.token, first.id],
    ] as const) {
      const response = await fixture.call({ headers: [['Authorization', `Bearer ${secret}`]] });
      expect(response.status).toBe(200);
      const line = (): Record<string, unknown> | undefined =>
        fixture.app.accessLines.find((entry) => entry['request_id'] === response.header('x-proxy-request-id'));
      await until('the line', () => line() !== undefined);
      expect(line()?.['token_id']).toBe(id);
    }
  });

  it('SL-08 secrets in a URL are in no log', async () => {
    const { token } = fixture.token;
    await fixture.call({ method: 'GET', target: `/v1/models?api_key=${token}&key=sk-canary-1234`, headers: [] });
    await attack.isRefused(`GET http://user:${token}@evil/v1/models?x=${token} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await attack.isRefused(withToken(`${token}, Bearer ${token}`), [401], false);
    await fixture.call({ method: 'GET', target: `/v1/models/${token}` });
    expect([fixture.app.log.includes(token), fixture.app.log.includes('sk-canary-1234')]).toEqual([false, false]);
  });
});

describe('secrets', () => {
  const fixture = ProxyFixture.forTests({ LOG_LEVEL: 'trace', UPSTREAM_BREAKER_FAILURES: '0' });

  it('SL-01 SL-02 are in no log at any level and in no response, in any form, for any error', async () => {
    const answers: string[] = [];
    const call = async (options: Parameters<ProxyFixture['call']>[0]): Promise<void> => {
      const response = await fixture.call(options);
      answers.push(JSON.stringify(response.rawHeaders) + response.text);
    };
    const query = vi.spyOn(fixture.app.running.app.get(DataSource), 'query');
    const capped = await fixture.app.token({ max_requests: 1000 });
    for (const headers of [fixture.headers(), fixture.headers(capped)]) {
      await call({ headers });
      for (const handler of [garbage(), resetBeforeHeaders()]) {
        fixture.upstream.once(handler);
        await call({ headers });
      }
      await call({ headers, target: `/v1/models?x=${capped.token}` });
      await call({ headers: [...headers, ['Authorization', headers[0]![1]]] });
      await call({ headers, target: '/v1/%zz' });
    }
    query.mockRejectedValueOnce(
      Object.assign(new Error(`near "${UPSTREAM_KEY}": syntax error`), { code: 'SQLITE_ERROR' }),
    );
    await call({ headers: fixture.headers(capped) });
    query.mockRestore();
    await fixture.app.manage('GET', '/manage/projects', undefined, `wrong${MANAGEMENT_TOKEN}`);
    await fixture.app.manage('POST', '/manage/projects', { name: 'x', api_key: UPSTREAM_KEY, base_url: 'nonsense' });

    const said = answers.join('\n');
    const secrets = {
      UPSTREAM_KEY,
      MANAGEMENT_TOKEN,
      ENCRYPTION_KEY,
      token: fixture.token.token,
      capped: capped.token,
    };
    for (const [name, secret] of Object.entries(secrets))
      for (const form of formsOf(secret)) {
        expect([name, fixture.app.log.includes(form), said.includes(form)]).toEqual([name, false, false]);
      }
    expect(said).not.toMatch(/node_modules|\.ts:|\.js:|SELECT|UPDATE|at async/);
    expect(said).not.toContain(`127.0.0.1:${fixture.upstream.port}`);
  });
});

it('SL-10 an exception with a key in it is logged without it', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
  const error = Object.assign(new Error(`failed with ${UPSTREAM_KEY}`), {
    headers: { authorization: UPSTREAM_KEY },
    code: 'E_X',
  });
  logger.fatal({ err: error }, 'an uncaught exception ends this server');
  expect(lines.join('')).toContain('E_X');
  expect(lines.join('').includes(UPSTREAM_KEY)).toBe(false);
});

/** Another valid secret with the same first 37 characters: the last of the random part and the checksum differ. */
function twinOf(secret: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const text = secret.slice(0, 37) + (secret[37] === 'x' ? 'y' : 'x');
  let [rest, checksum] = [crc32(text), ''];
  for (let at = 0; at < 6; at += 1) {
    checksum = digits[rest % 62]! + checksum;
    rest = Math.floor(rest / 62);
  }
  return text + checksum;
}

/** As it is, and as some encoder, logger or joker may write it. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    [...secret].toReversed().join(''),
  ];
}
