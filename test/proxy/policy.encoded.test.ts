import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expectPassed, expectRefused, json, oneProvider, policyFixture } from '../support/policy.fixture.js';
import { chunkBytes } from '../support/chunk.bytes.js';

const CODINGS: [string, (body: string | Buffer) => Buffer][] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } })],
  ['zstd', zstdCompressSync],
  ['GZIP', gzipSync],
  ['identity, zstd', zstdCompressSync],
];

describe('a rule over a compressed body', () => {
  const fixture = policyFixture(oneProvider({ param_whitelist: { model: ['gpt-4o', 'whisper-1'] } }));
  const call = (body: Buffer, coding: string, type = json) => ({
    target: '/v1/responses',
    body,
    with: [type, ['Content-Encoding', coding]] as [string, string][],
  });
  /** Compresses to about half its size. */
  const picture = (bytes: number) => randomBytes(bytes / 2).toString('hex');

  describe.each(CODINGS)('in %s', (coding, pack) => {
    it.each([10, 200_000, 3_000_000])('lets one with a picture of %s characters pass as it came', async (bytes) => {
      const { request } = await expectPassed(fixture, call(pack(`{"model":"gpt-4o","a":"${picture(bytes)}"}`), coding));
      expect(request.header('content-encoding')).toBe(coding);
      await expectPassed(fixture, call(pack(`{"a":"${picture(bytes)}","model":"gpt-4o"}`), coding));
    });

    it('refuses another model', async () => {
      await expectRefused(fixture, call(pack('{"model":"dear"}'), coding), 400, 'param_not_allowed');
      await expectRefused(
        fixture,
        call(pack(`{"model":"dear","a":"${picture(200_000)}"}`), coding),
        400,
        'param_not_allowed',
      );
    });

    it('never lets the whole of one pass whose last member breaks a rule', async () => {
      const body = pack(`{"a":"${picture(1_000_000)}","model":"dear"}`);
      const response = await fixture.call({
        ...call(body, coding),
        headers: [...fixture.headers(), ...call(body, coding).with],
      });
      expect(response.header('x-proxy-error')).toBe('param_not_allowed');
      const request = await fixture.upstream.nextRequest();
      expect(await request.bodyEnded()).toBe('aborted');
      expect(request.body.length).toBeLessThan(body.length);
    });

    it('refuses what is cut, followed by other data, or not encoded', async () => {
      const body = pack('{"model":"gpt-4o"}');
      for (const broken of [
        body.subarray(0, -1),
        Buffer.concat([body, body]),
        Buffer.concat([body, Buffer.from('{}')]),
        Buffer.from('{"model":"gpt-4o"}'),
      ])
        await expectRefused(fixture, call(broken, coding), 400, 'body_invalid');
    });

    it('refuses a bomb', async () =>
      void (await expectRefused(
        fixture,
        call(pack(`{"a":"${'a'.repeat(20_000_000)}"}`), coding),
        400,
        'body_invalid',
      )));
  });

  it('refuses deflate data without its wrapper, which servers read differently', async () =>
    void (await expectRefused(fixture, call(deflateRawSync('{"model":"gpt-4o"}'), 'deflate'), 400, 'body_invalid')));

  it('reads form data', async () => {
    const form = (model: string) =>
      gzipSync(`--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--b--\r\n`);
    const type: [string, string] = ['Content-Type', 'multipart/form-data; boundary=b'];
    await expectPassed(fixture, call(form('whisper-1'), 'gzip', type));
    await expectRefused(fixture, call(form('dear'), 'gzip', type), 400, 'param_not_allowed');
  });

  it('in chunks passes in chunks', async () => {
    const body = zstdCompressSync(`{"model":"gpt-4o","a":"${picture(300_000)}"}`);
    const client = await fixture.connect();
    const [name, value] = fixture.headers()[0]!;
    await client.write(
      `POST /v1/responses HTTP/1.1\r\nHost: a\r\n${name}: ${value}\r\nContent-Encoding: zstd\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let i = 0; i < body.length; i += 10_000) {
      await client.write(chunkBytes(body.subarray(i, i + 10_000)));
    }
    await client.write('0\r\n\r\n');
    expect((await client.response()).status).toBe(200);
    expect((await (await fixture.upstream.nextRequest()).completed()).body.equals(body)).toBe(true);
    client.destroy();
  });
});
