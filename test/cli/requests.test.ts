import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import { cli } from '../support/cli.run.js';
import { freePort } from '../support/free.port.js';

const request = (id: string, more: object = {}) => ({
  id,
  request_id: id,
  at: '2026-11-28T10:00:00.123Z',
  project_name: 'Search team',
  token_name: 'nightly job',
  method: 'POST',
  path: '/v1/chat/completions',
  model: 'gpt-6-astra',
  status: 200,
  end: 'ok',
  stream: false,
  duration_ms: 2210.4,
  first_byte_ms: 413.1,
  usage: { source: 'provider', input: 19, output: 10 },
  cost_micro_usd: 690,
  replica: 'r1',
  ...more,
});
const next = (cursor: string) => ({ link: `<http://elsewhere.example/manage/requests?before=${cursor}>; rel="next"` });

describe('manage requests list', () => {
  const fixture = CliFixture.forTests({ body: [request('a')] });
  const queries = () =>
    fixture.api.calls.map(({ url }) => Object.fromEntries(new URL(url, fixture.api.url).searchParams));

  it('shows what is known of each request', async () => {
    const refused = { status: 429, end: 'limit', code: 'token_exhausted', usage: undefined, cost_micro_usd: undefined };
    const guessed = { usage: { source: 'estimated', output: 7 } };
    fixture.api.answer({ body: [request('a'), request('b', refused), request('c', guessed)] });
    const { code, stdout } = await fixture.manage(['requests', 'list']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^TIME +STATUS +END +MODEL +PATH +PROJECT +TOKEN +FIRST BYTE +WHOLE +TOKENS +COST$/);
    expect(lines[1]).toMatch(
      /^2026-11-28T10:00:00\.123Z +200 +ok +gpt-6-astra +\/v1\/chat\/completions +Search team +/,
    );
    expect(lines[1]).toMatch(/413 ms +2210 ms +19 → 10 +\$0\.00069$/);
    expect(lines[2]).toMatch(/429 +token_exhausted .*2210 ms +- +-$/);
    expect(lines[3]).toMatch(/~- → 7 +\$0\.00069$/);
    expect(queries()).toEqual([{ page_size: '50' }]);
  });

  it('passes filters on, with names of projects and tokens', async () => {
    fixture.api.answer(({ url }) => {
      if (url.startsWith('/manage/projects')) return { body: [PROJECT] };
      return { body: url.startsWith('/manage/tokens') ? [TOKEN] : [] };
    });
    const filters = ['--project', PROJECT.name, '--token', TOKEN.name, '--model', 'm', '--status-class', '5xx'];
    const more = ['--end', 'ok', '--path', '/v1', '--replica', 'r', '--slower-than', '9', '--from', 'f', '--to', 't'];
    const { stdout } = await fixture.manage(['requests', 'ls', ...filters, ...more, '--request-id', 'q']);
    expect(stdout).toBe('There are no requests.\n');
    expect(queries().at(-1)).toEqual({
      project_id: PROJECT.id,
      token_id: TOKEN.id,
      model: 'm',
      status_class: '5xx',
      end: 'ok',
      path: '/v1',
      replica: 'r',
      slower_than_ms: '9',
      from: 'f',
      to: 't',
      request_id: 'q',
      page_size: '50',
    });
  });

  it('follows pages to the limit, an empty one too, and sends the token nowhere else', async () => {
    const pages: Record<string, object> = {
      first: { body: [request('a'), request('b')], headers: next('c2') },
      c2: { body: [], headers: next('c3') },
      c3: { body: [request('c'), request('d')], headers: next('c4') },
    };
    fixture.api.answer(({ url }) => pages[new URL(url, fixture.api.url).searchParams.get('before') ?? 'first']!);
    const { stdout } = await fixture.manage(['requests', 'list', '--limit', '3', '--json']);
    expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(queries()).toEqual([{ page_size: '3' }, { page_size: '1', before: 'c2' }, { page_size: '1', before: 'c3' }]);
  });

  it('asks for no more than the server has on a page', async () => {
    await fixture.manage(['requests', 'list', '--limit', '500']);
    expect(queries()).toEqual([{ page_size: '200' }]);
  });

  it('refuses a response that is no list', async () => {
    fixture.api.answer({ body: {} });
    expect((await fixture.manage(['requests', 'list'])).code).toBe(1);
  });
});

describe('manage requests tail', () => {
  const fixture = CliFixture.forTests({ status: 401, body: { error: 'no', code: 'unauthorized' } });
  const frame = (id: string, more: object = {}) =>
    `id: ${id}\nevent: request\ndata: ${JSON.stringify(request(id, more))}\n\n`;
  /** Each connection gets the next of these streams; the one after the last is refused, which ends the command. */
  const streams = (...texts: string[]) => {
    const headers = { 'content-type': 'text/event-stream' };
    fixture.api.answer(() => {
      const text = texts.shift();
      return text === undefined
        ? { status: 401, body: { error: 'the token is not valid', code: 'unauthorized' } }
        : { text: `retry: 1\n\n${text}`, headers };
    });
  };

  it('prints requests as they end, and goes on where the stream broke off', async () => {
    streams(frame('1'), `: comment\n\n${frame('2', { model: 'a\u001b[31m' })}event: bye\ndata: {}\n\n`);
    const { code, stdout, stderr } = await fixture.manage(['requests', 'tail', '--path', '/v1']);
    expect(stdout.split('\n').filter(Boolean)).toEqual([
      '2026-11-28T10:00:00.123Z  200  ok  gpt-6-astra  /v1/chat/completions  Search team  nightly job  413 ms  2210 ms  19 → 10  $0.00069',
      expect.stringContaining('  a?[31m  '),
    ]);
    expect(fixture.api.calls.map(({ url, lastEventId }) => [url, lastEventId])).toEqual([
      ['/manage/requests/live?path=%2Fv1', undefined],
      ['/manage/requests/live?path=%2Fv1', '1'],
      ['/manage/requests/live?path=%2Fv1', '2'],
    ]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('the token is not valid')]);
  });

  it('prints one JSON value a line, and warns of requests that were left out', async () => {
    streams(`${frame('1')}event: skipped\ndata: {"count":5}\n\n${frame('2')}`);
    const { stdout, stderr } = await fixture.manage(['requests', 'tail', '--json']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['1', '2']);
    expect(stderr).toContain('llm-proxy: warning: 5 requests were left out\n');
  });

  it('gives up when the server ends each stream at once', async () => {
    streams(...Array.from({ length: 100 }, () => ''));
    const { code, stderr } = await fixture.manage(['requests', 'tail']);
    expect([code, stderr]).toEqual([1, 'llm-proxy: the server ends the stream again and again\n']);
  });

  it('fails at once when the server cannot be reached', async () => {
    const access = ['--env', fixture.env, '--manage-api-base-url', `http://127.0.0.1:${String(await freePort())}`];
    const { code } = await cli(['manage', 'requests', 'tail', ...access]);
    expect(code).toBe(4);
  });
});
