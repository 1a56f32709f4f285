import { describe, expect, it } from 'vitest';
import type { RequestDetailView, RequestView } from '../../src/reporting/requests/request.dto.js';
import type { UsageSumsView, UsageView } from '../../src/reporting/usage/usage.dto.js';
import { onEveryStore } from '../support/databases.js';
import { EventStream } from '../support/event.stream.js';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { until } from '../support/until.js';
import { answer } from '../support/upstream.scenarios.js';

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4.1-2025-04-14',
  service_tier: 'default',
  choices: [],
  usage: {
    prompt_tokens: 1000,
    completion_tokens: 100,
    total_tokens: 1100,
    prompt_tokens_details: { cached_tokens: 200 },
    completion_tokens_details: { reasoning_tokens: 30 },
  },
};

onEveryStore('usage and requests of proxied calls', (store) => {
  const fixture = ProxyFixture.forTests({}, store);

  async function read<T>(path: string): Promise<T> {
    const response = await fixture.app.manage('GET', path);
    expect([path, response.status]).toEqual([path, 200]);
    return (await response.json()) as T;
  }
  const call = async (): Promise<void> => {
    fixture.upstream.reply(
      answer({ status: 200, headers: [['content-type', 'application/json']], body: JSON.stringify(ANSWER) }),
    );
    await fixture.call({ body: '{"model":"gpt-4.1"}' });
  };

  describe('after two calls and a refused one', () => {
    it('are summed, listed and sent live', async () => {
      const live = await EventStream.open(`${fixture.app.url}/manage/requests/live?status_class=2xx`);
      await call();
      await call();
      await fixture.call({ headers: [] });
      await live.has('request', 2);
      live.close();

      const totals = async (): Promise<UsageSumsView> => (await read<UsageView>('/manage/usage')).totals;
      await until('three requests', async () => (await totals()).requests === 3);
      expect(await totals()).toMatchObject({
        requests: 3,
        failed: 1,
        input_tokens: 2000,
        cached_input_tokens: 400,
        output_tokens: 200,
        reasoning_tokens: 60,
        unpriced_requests: 0,
      });
      const { rows } = await read<UsageView>('/manage/usage?group_by=project&metric=requests&tz=Asia/Kathmandu');
      expect(rows.map(({ requests, name }) => [requests, name])).toEqual([
        [2, 'project 1'],
        [1, 'No project'],
      ]);
      expect(rows[0]!.cost_micro_usd).toBeGreaterThan(0);
      const ends = await read<UsageView>('/manage/usage?group_by=end&metric=requests');
      expect(ends.rows.map(({ requests, key }) => [requests, key])).toEqual([
        [2, 'ok'],
        [1, 'auth'],
        [0, 'any'],
      ]);

      const listed = await read<RequestView[]>('/manage/requests?page_size=2');
      expect(listed).toMatchObject([
        { status: 401, end: 'auth', code: 'token_missing' },
        { status: 200, end: 'ok', project_name: 'project 1', usage: { source: 'provider', input: 1000 } },
      ]);
      expect(live.of('request').at(-1)!.data).toEqual(listed[1]);
      const older = await read<RequestView[]>(`/manage/requests?before=${listed[1]!.cursor}`);
      expect(older.map(({ status }) => status)).toEqual([200]);
      for (const id of [listed[1]!.id, listed[1]!.request_id])
        expect(await read<RequestDetailView>(`/manage/requests/${id}`)).toMatchObject({
          id: listed[1]!.id,
          response_id: 'chatcmpl-1',
          cost_nano_usd: expect.any(Number),
        });
    });

    it('goes on where a stream that broke left off', async () => {
      const first = await EventStream.open(`${fixture.app.url}/manage/requests/live`);
      await call();
      const [last] = await first.has('request', 1);
      first.close();
      await call();
      const second = await EventStream.open(`${fixture.app.url}/manage/requests/live`, { 'last-event-id': last!.id! });
      const [next] = await second.has('request', 1);
      expect(next!.id).not.toBe(last!.id);
      expect(second.of('request')).toHaveLength(1);
      second.close();
    });
  });
});
