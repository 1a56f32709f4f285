import { describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, until } from '../support/app.js';
import { ProxyFixture } from '../support/proxy.fixture.js';

describe('the correlation id of a client', () => {
  const fixture = ProxyFixture.forTests({ LOG_LEVEL: 'debug' });

  const ask = async (path: string, id: string): Promise<string | null> => {
    const headers = { 'x-correlation-id': id, authorization: `Bearer ${MANAGEMENT_TOKEN}` };
    return (await fetch(`${fixture.app.url}${path}`, { headers })).headers.get('x-correlation-id');
  };

  it.each(['/manage/projects', '/manage/nothing', '/live', '/health', '/metrics', '/nothing'])(
    'is answered at %s, and stands in the log',
    async (path) => {
      const id = `order-17${path.replaceAll('/', '.')}`;
      expect(await ask(path, id)).toBe(id);
      await until('the line', () => fixture.app.accessLines.some(({ correlation_id: logged }) => logged === id));
    },
  );

  it.each(['a b', 'x'.repeat(65), 'sk-proj-abcdefgh12345678', 'ä', MANAGEMENT_TOKEN.slice(0, 20)])(
    'is ignored when it is %s',
    async (id) => {
      expect(await ask('/live', encodeURIComponent(id) === id ? id : id.replace('ä', '%'))).toBeNull();
    },
  );

  it('is answered by a refusal before the routes', async () => {
    const headers = { 'x-correlation-id': 'order-18', expect: 'much' };
    const client = await fixture.connect();
    await client.send({ target: '/manage/projects', headers });
    expect((await client.response()).header('x-correlation-id')).toBe('order-18');
  });

  it('goes to the upstream untouched, and is not added to a response under /v1', async () => {
    const response = await fixture.call({ headers: [...fixture.headers(), ['X-Correlation-ID', 'order 17']] });
    expect(response.header('x-correlation-id')).toBeUndefined();
    const request = await fixture.upstream.nextRequest();
    expect(request.header('x-correlation-id')).toBe('order 17');
  });
});
