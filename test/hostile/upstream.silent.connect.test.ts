import { afterAll, describe, expect, it } from 'vitest';
import { TestApp, until } from '../support/app.js';
import { BlackHole } from '../support/black.hole.js';

const TIMEOUT_MS = 500;

describe.skipIf(process.platform !== 'linux')('UP-02 an upstream whose machine does not answer', () => {
  let hole: BlackHole | undefined;
  let app: TestApp | undefined;
  afterAll(async () => {
    hole?.close();
    await app?.close();
  });

  it('UP-02 is upstream_timeout at UPSTREAM_CONNECT_TIMEOUT, and the take is given back', async () => {
    hole = await BlackHole.open();
    app = await TestApp.start({
      OPENAI_API_URL: `http://127.0.0.1:${hole.port}`,
      UPSTREAM_CONNECT_TIMEOUT: `${TIMEOUT_MS}ms`,
    });
    const token = await app.token({ max_requests: 5 });
    for (const body of ['{}', 'a'.repeat(200_000)]) {
      const startedAt = performance.now();
      const response = await fetch(`${app.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token.token}` },
        body,
      });
      const tookMs = performance.now() - startedAt;
      await response.text();
      process.stdout.write(`UP-02: given up after ${Math.round(tookMs)} ms of ${TIMEOUT_MS} ms\n`);
      expect([response.status, response.headers.get('x-proxy-error')]).toEqual([504, 'upstream_timeout']);
      expect(tookMs).toBeGreaterThan(TIMEOUT_MS * 0.8);
      // Ten times the setting: a busy machine stays below it, a setting that is not read does not.
      expect(tookMs).toBeLessThan(TIMEOUT_MS * 10);
    }
    await until('the take to be given back', async () => (await app!.tokenById(token.id)).request_count === 0);
  });
});
