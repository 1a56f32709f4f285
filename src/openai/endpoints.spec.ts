import { describe, expect, it } from 'vitest';
import { hasModelInQuery, hasNoBody, hidesModel, isModelFree } from './endpoints.js';

describe(isModelFree.name, () => {
  it.each(['/v1/files', '/v1/uploads/upload_1/parts', '/v1/threads/thread_1/messages'])('is true for %s', (path) =>
    expect(isModelFree(path)).toBe(true),
  );
  it.each(['/v1/chat/completions', '/v1/threads/runs', '/v1/threads/thread_1/runs', '/v1/Files', '/v1/files/'])(
    'is false for %s',
    (path) => expect(isModelFree(path)).toBe(false),
  );
});

describe(hidesModel.name, () => {
  it.each([
    '/v1/batches',
    '/v1/evals/eval_1/runs',
    '/v1//Batches',
    '/v1/%2562atches',
    '/v1/realtime/sessions',
    '/v1/live/sessions',
  ])('is true for %s', (path) => expect(hidesModel(path)).toBe(true));
  it.each(['/v1/batch', '/v1/fine_tuning/jobs', '/v1/responses'])('is false for %s', (path) =>
    expect(hidesModel(path)).toBe(false),
  );
});

describe(hasNoBody.name, () => {
  it.each(['/v1/responses/resp_1/cancel', '/v1/fine_tuning/jobs/job_1/pause'])('is true for %s', (path) =>
    expect(hasNoBody(path)).toBe(true),
  );
  it.each(['/v1/responses/cancel', '/v1/responses'])('is false for %s', (path) => expect(hasNoBody(path)).toBe(false));
});

it('knows the endpoints with a model in the query by their exact path', () =>
  expect(
    ['/v1/realtime', '/v1/responses', '/v1/realtime/', '/v1/Realtime', '/v1/models'].filter(hasModelInQuery),
  ).toEqual(['/v1/realtime']));
