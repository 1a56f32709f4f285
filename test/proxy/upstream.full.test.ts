import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { silence } from '../support/upstream.scenarios.js';

describe('a provider with all its connections in use', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-providers-'));
  let app: TestApp;
  let upstream: RecordingUpstream;
  afterEach(async () => {
    await app.close();
    await upstream.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('refuses a further request with overloaded, and gives its take back', async () => {
    upstream = await RecordingUpstream.start();
    upstream.reply(silence());
    const path = join(folder, 'providers.yaml');
    writeFileSync(path, `apis: {openai: {base_url: '${upstream.baseUrl}', connection: {max_connections: 1}}}`);
    app = await TestApp.start({ API_CONFIG_PATH: path, UPSTREAM_BREAKER_FAILURES: '1' });
    const [first, second] = [await app.token(), await app.token({ max_requests: 5 })];
    const leaving = new AbortController();
    const call = (token: string, signal?: AbortSignal) =>
      fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${token}` }, signal: signal ?? null });
    const running = call(first.token, leaving.signal).catch(() => undefined);
    await until('the first request', () => upstream.requests.length === 1);
    for (let i = 0; i < 2; i += 1) {
      const refused = await call(second.token);
      expect([refused.status, refused.headers.get('x-proxy-error')]).toEqual([503, 'overloaded']);
      expect([refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual(['1', 'true']);
    }
    expect((await app.tokenById(second.id)).request_count).toBe(0);
    leaving.abort();
    await running;
    expect(upstream.requests).toHaveLength(1);
  });
});
