import { describe, expect, it } from 'vitest';
import { FIGURES, readUsage as read, USAGE } from '../../../test/support/usage.reading.js';
import { usageWithoutBody } from './usage.reader.js';

describe('a large document', () => {
  const prose = 'A word, a "quoted" one, and \\"usage\\":{"total_tokens":1}. ';

  it.each([100, 5_000, 70_000, 3_000_000])('of %i bytes of text has its figures, id, model and tier', (size) => {
    const content = prose.repeat(Math.ceil(size / prose.length));
    const choices = [{ index: 0, message: { role: 'assistant', content } }];
    const body = { id: 'chatcmpl-1', model: 'gpt-x', choices, usage: USAGE, service_tier: 'flex' };
    expect(read(body)).toEqual({
      source: 'provider',
      figures: FIGURES,
      model: 'gpt-x',
      tier: 'flex',
      responseId: 'chatcmpl-1',
    });
  });

  it.each([
    ['POST', '/v1/chat//completions'],
    ['POST', '/v1/chat/completion%73'],
    ['POST', '/v1/chat/completions%20'],
    ['PUT', '/v1/chat/completions'],
    ['POST', '/v1/responses%2f'],
  ])('reads the response of %s %s: a server may know the spelling', (method, path) =>
    expect(read({ usage: USAGE }, { method, path })).toMatchObject({ source: 'provider', figures: FIGURES }),
  );

  it('of a megabyte of numbers has its figures and model, which stand behind them', () => {
    const data = Array.from({ length: 20_000 }, (_, index) => ({ index, embedding: [0.123_456_789, -0.000_001] }));
    const body = {
      object: 'list',
      data,
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    expect(read(body, { path: '/v1/embeddings' })).toMatchObject({
      figures: { input: 8, total: 8 },
      model: 'text-embedding-3-small',
    });
  });

  it('takes none of 2000 members of its name at another depth for its figures', () => {
    const tools = Array.from({ length: 2000 }, () => ({ parameters: { usage: { total_tokens: 0, input_tokens: 0 } } }));
    const body = { id: 'resp_1', status: 'completed', model: 'gpt-x', service_tier: 'default', tools, usage: USAGE };
    expect(read(body, { path: '/v1/responses' })).toMatchObject({ figures: FIGURES, tier: 'default' });
    const { usage: _, ...without } = body;
    expect(read(without, { path: '/v1/responses' })).toMatchObject({ source: 'none', reason: 'no_usage' });
  });

  it('with more than 64 KiB after its figures is unknown, not wrong', () => {
    const far = 'x'.repeat(200_000);
    const body = { id: 'chatcmpl-1', near: far, usage: USAGE, far, z: { usage: { total_tokens: 1 } } };
    expect(read(body)).toMatchObject({ source: 'none', reason: 'no_usage', responseId: 'chatcmpl-1' });
  });

  it('has its calls of tools counted in the middle of it', () => {
    const output = [
      { type: 'message', content: 'x'.repeat(5000) },
      { type: 'web_search_call', action: { type: 'search' } },
      { type: 'web_search_call', action: { type: 'open_page' } },
      { type: 'file_search_call' },
      { type: 'code_interpreter_call', container_id: 'a' },
      { type: 'code_interpreter_call', container_id: 'a' },
    ];
    const body = { id: 'resp_1', status: 'completed', output, usage: USAGE };
    expect(read(body, { path: '/v1/responses' }).tools).toEqual({ web_search: 1, file_search: 1, code_sessions: 1 });
  });
});

describe('a document that breaks off', () => {
  const body = JSON.stringify({ id: 'a', model: 'm', choices: [], usage: USAGE, service_tier: 'default' });

  it('counts figures that were whole, and nothing else', () => {
    const end = body.indexOf('},"service_tier"') + 1;
    for (let at = 1; at < body.length; at += 1) {
      const report = read(body.slice(0, at), { isWhole: false, clientLeft: at % 2 === 0 });
      const reason = at % 2 === 0 ? 'client_left' : 'broken';
      expect(report).toMatchObject(at > end ? { figures: FIGURES } : { source: 'none', reason, figures: {} });
    }
  });
});

describe('a figure that is not one', () => {
  it.each([-1, '5', null, 1.5, 2 ** 53])('such as %j is unknown', (prompt_tokens) => {
    expect(read({ usage: { prompt_tokens, completion_tokens: 3 } }).figures).toEqual({ output: 3 });
  });

  it.each([
    { ...USAGE, total_tokens: 99 },
    { ...USAGE, prompt_tokens_details: { cached_tokens: 8 } },
  ])('that contradicts another is kept and marked: %j', (usage) => {
    expect(read({ usage })).toMatchObject({ source: 'provider', mismatch: true });
  });
});

describe(usageWithoutBody.name, () => {
  const json = 'application/json';
  it.each([
    ['POST', '/v1/chat/completions', 400, json, 'refused'],
    ['POST', '/v1/moderations', 200, json, 'free'],
    ['POST', '/v1/files', 200, json, 'free'],
    ['POST', '/v1/responses/input_tokens', 200, json, 'free'],
    ['DELETE', '/v1/responses/resp_1', 200, json, 'free'],
    ['GET', '/v1/models', 200, json, 'free'],
    ['GET', '/v1/chat/completions', 200, json, 'read'],
    ['GET', '/v1/files/file-1/content', 200, json, 'read'],
    ['POST', '/v1/audio/speech', 200, 'audio/mpeg', 'no_usage'],
    ['POST', '/v1/audio/transcriptions', 200, 'text/plain', 'no_usage'],
    ['POST', '/v1/chat/completions/chatcmpl-1', 200, json, 'read'],
  ] as const)('%s %s %i %s is %s', (method, path, status, contentType, reason) => {
    expect(usageWithoutBody({ method, path, status, contentType })).toEqual({ source: 'none', reason, figures: {} });
  });
});

describe('work that is done later', () => {
  it.each([
    ['/v1/batches', { id: 'batch_1', status: 'validating' }, 'batch'],
    ['/v1/threads/t/runs', { id: 'run_1', status: 'queued' }, 'run'],
    ['/v1/threads/runs', { id: 'run_1', status: 'queued' }, 'run'],
    ['/v1/fine_tuning/jobs', { id: 'ftjob-1', status: 'queued' }, 'job'],
    ['/v1/videos', { id: 'video_1', status: 'queued', seconds: '8' }, 'video'],
    ['/v1/evals/e/runs', { id: 'evalrun_1', status: 'queued' }, 'eval_run'],
  ])('is opened by POST %s', (path, body, kind) => {
    expect(read(body, { path })).toMatchObject({
      reason: 'later',
      figures: {},
      work: { key: body.id, kind, state: 'open' },
    });
  });

  it.each([
    ['/v1/fine_tuning/jobs/j', { id: 'j', status: 'succeeded', trained_tokens: 77, model: 'm' }, { trained: 77 }],
    ['/v1/videos/v', { id: 'v', status: 'completed', seconds: '8' }, { seconds: 8 }],
    [
      '/v1/evals/e/runs/r',
      {
        id: 'r',
        status: 'completed',
        per_model_usage: [
          { model_name: 'a', prompt_tokens: 1, completion_tokens: 2, cached_tokens: 1 },
          { model_name: 'b', prompt_tokens: 10, completion_tokens: 20, cached_tokens: 0 },
        ],
      },
      { input: 11, output: 22, cached: 1 },
    ],
    ['/v1/threads/t/runs/r', { id: 'r', status: 'completed', usage: USAGE }, FIGURES],
  ])('is final in GET %s', (path, body, figures) => {
    expect(read(body, { path, method: 'GET' })).toMatchObject({ figures, work: { key: body.id, state: 'final' } });
    const running = { ...body, status: 'in_progress' };
    expect(read(running, { path, method: 'GET' })).toMatchObject({ source: 'none', reason: 'not_final', figures: {} });
  });

  it('is final without figures when it failed', () => {
    const report = read({ id: 'r', status: 'failed', usage: null }, { path: '/v1/responses/r', method: 'GET' });
    expect(report).toMatchObject({ source: 'none', reason: 'failed', work: { key: 'r', state: 'final' } });
  });

  it('of a grader is done at once', () => {
    const body = { reward: 1, metadata: { token_usage: { prompt_tokens: 4, completion_tokens: 1 } } };
    const path = '/v1/fine_tuning/alpha/graders/run';
    expect(read(body, { path })).toMatchObject({ source: 'provider', figures: { input: 4, output: 1 } });
  });
});
