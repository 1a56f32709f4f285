import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import { onEveryStore } from '../support/databases.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { until } from '../support/until.js';
import { answer } from '../support/upstream.scenarios.js';

const ASKED = '{"model":"gpt-4o","messages":[{"role":"user","content":"canary of a body"}]}';

onEveryStore('the bodies of requests', (store) => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-bodies-'));
  const file = join(folder, 'events.jsonl');
  const variables = { OBSERVABILITY_CAPTURE_BODIES: 'all', DISPATCHER_SERVICES: 'file', SINK_FILE_PATH: file };
  const fixture = ProxyFixture.forTests(variables, store);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const get = async (path: string): Promise<Response> => fixture.app.manage('GET', `/manage/requests${path}`);

  it('are shown with one request, downloaded and delivered, and are in no list', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0, 1, 2]);
    fixture.upstream.reply(answer({ status: 200, headers: [['content-type', 'audio/mpeg']], body: bytes }));
    const response = await fixture.call({
      headers: [...fixture.headers(), ['content-type', 'application/json']],
      body: ASKED,
    });
    const id = response.header('x-proxy-request-id')!;
    await until('the event', async () => (await get(`/${id}`)).status === 200, 20_000);
    expect(await (await get(`/${id}`)).json()).toMatchObject({
      bodies: {
        request: { bytes: ASKED.length, truncated: false, headers: { 'content-type': 'application/json' } },
        response: { bytes: 5, truncated: false, headers: { 'content-type': 'audio/mpeg' } },
      },
    });
    const [request, answered] = [await get(`/${id}/body/request`), await get(`/${id}/body/response`)];
    expect(await request.text()).toBe(ASKED);
    expect(Buffer.from(await answered.arrayBuffer())).toEqual(bytes);
    expect([answered.headers.get('content-type'), answered.headers.get('x-content-type-options')]).toEqual([
      'application/octet-stream',
      'nosniff',
    ]);
    expect(answered.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+-response\.bin"$/);
    expect(await (await get('')).text()).not.toContain('canary');
    expect(await (await fixture.app.manage('GET', '/manage/usage')).text()).not.toContain('canary');
    const events = (): ProxyEvent[] =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .filter((line) => line.endsWith('}'))
            .map((line) => JSON.parse(line) as ProxyEvent)
        : [];
    await until('the sink', () => events().some((event) => event.request_id === id), 20_000);
    expect(events().find((event) => event.request_id === id)).toMatchObject({
      captured: true,
      request: { body: ASKED },
      response: { body_base64: bytes.toString('base64') },
    });
  });
});
