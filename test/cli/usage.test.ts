import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const SUMS = {
  requests: 12,
  failed: 1,
  input_tokens: 1000,
  cached_input_tokens: 400,
  output_tokens: 200,
  reasoning_tokens: 50,
  cost_micro_usd: 1_234_500,
};
const USAGE = {
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-03T00:00:00.000Z',
  tz: 'Europe/Berlin',
  interval: 'day',
  series: [
    { key: 'a', name: 'gpt-6-astra' },
    { key: 'other', name: 'Everything else' },
  ],
  points: [
    { at: '2026-11-01T00:00:00.000Z', values: { a: 1_000_000, other: 230_000 }, before: 7 },
    { at: '2026-11-02T00:00:00.000Z', values: { a: 4500 } },
  ],
  rows: [{ ...SUMS, key: 'a', name: 'gpt-6-astra' }],
  totals: SUMS,
  estimated_requests: 0,
  unpriced_requests: 0,
  prices_as_of: '2026-11-20',
};

describe('manage usage', () => {
  const fixture = CliFixture.forTests({ body: USAGE });
  const query = () => Object.fromEntries(new URL(fixture.lastCall.url, fixture.api.url).searchParams);

  it('shows the sums of a period', async () => {
    const { code, stdout } = await fixture.manage(['usage']);
    expect([code, fixture.lastCall.url, fixture.lastCall.authorization]).toEqual([
      0,
      '/manage/usage?',
      'Bearer operator-token',
    ]);
    expect(stdout).toMatch(/REQUESTS +FAILED +INPUT +CACHED +OUTPUT +REASONING +COST$/m);
    expect(stdout).toMatch(/^Total +12 +1 +1000 +400 +200 +50 +\$1\.2345$/m);
    expect(stdout).toContain(
      '2026-11-01T00:00:00.000Z to 2026-11-03T00:00:00.000Z, Europe/Berlin; newest price 2026-11-20',
    );
    expect(stdout).not.toContain('gpt-6-astra');
    expect(stdout).not.toContain('Without a price');
  });

  it('shows groups, the period before, and what the cost does not contain', async () => {
    const before = { ...SUMS, cost_micro_usd: 5_000_000 };
    fixture.api.answer({ body: { ...USAGE, before, unpriced_requests: 3, estimated_requests: 2, prices_as_of: null } });
    const { stdout } = await fixture.manage(['usage', '--group-by', 'model', '--compare', '--top', '3']);
    expect(query()).toEqual({ group_by: 'model', compare: 'previous', top: '3' });
    expect(stdout).toMatch(/^gpt-6-astra +12 /m);
    expect(stdout).toMatch(/^Before +12 .*\$5\.00$/m);
    expect(stdout).toContain('Without a price, and not in the cost: 3 requests\nWith estimated tokens: 2 requests');
  });

  it('shows a line for each day', async () => {
    const argv = ['usage', '--interval', 'day', '--from', '2026-11-01', '--to', '2026-11-03', '--tz', 'Europe/Berlin'];
    const { stdout } = await fixture.manage(argv);
    expect(query()).toEqual({ interval: 'day', from: '2026-11-01', to: '2026-11-03', tz: 'Europe/Berlin' });
    expect(stdout).toMatch(/^FROM +gpt-6-astra +Everything else$/m);
    expect(stdout).toMatch(/^2026-11-01T00:00:00\.000Z +\$1\.00 +\$0\.23$/m);
    expect(stdout).toMatch(/^2026-11-02T00:00:00\.000Z +\$0\.0045 +-$/m);
    fixture.api.answer({ body: { ...USAGE, before: SUMS } });
    const { stdout: tokens } = await fixture.manage(['usage', '--interval', 'day', '--metric', 'tokens', '--compare']);
    expect(tokens).toMatch(/^2026-11-01T00:00:00\.000Z +1000000 +230000 +7$/m);
  });

  it('takes names of projects and tokens', async () => {
    fixture.api.answer(({ url }) => {
      if (url.startsWith('/manage/projects')) return { body: [PROJECT] };
      return { body: url.startsWith('/manage/tokens') ? [TOKEN] : USAGE };
    });
    await fixture.manage(['usage', '--project', PROJECT.name, '--token', TOKEN.name, '--model', 'gpt-6-astra']);
    expect(query()).toEqual({ project_id: PROJECT.id, token_id: TOKEN.id, model: 'gpt-6-astra' });
  });

  it('prints JSON and CSV as the server sends them', async () => {
    expect(JSON.parse((await fixture.manage(['usage', '--json'])).stdout)).toEqual(USAGE);
    fixture.api.answer({ text: 'from,to\r\n1,2\r\n', headers: { 'content-type': 'text/csv' } });
    expect((await fixture.manage(['usage', '--csv'])).stdout).toBe('from,to\r\n1,2\r\n');
    expect(query()).toEqual({ format: 'csv' });
    expect((await fixture.manage(['usage', '--csv', '--json'])).code).toBe(2);
  });

  it('reports a refusal', async () => {
    fixture.api.answer({ status: 400, body: { error: 'tz must be a time zone', code: 'validation_failed' } });
    for (const argv of [['usage'], ['usage', '--csv']]) {
      const { code, stdout, stderr } = await fixture.manage(argv);
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('tz must be a time zone')]);
    }
  });
});
