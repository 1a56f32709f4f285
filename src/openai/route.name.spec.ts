import { describe, expect, it } from 'vitest';
import { ROUTE_NAMES, routeNameOf } from './route.name.js';

describe(routeNameOf.name, () => {
  it.each([
    ['/v1/chat/completions', 'chat_completions'],
    ['/v1/chat/completions/chatcmpl-1', 'chat_completions'],
    ['/v1/responses', 'responses'],
    ['/v1/responses/resp_1', 'response'],
    ['/v1/responses/resp_1/cancel', 'response'],
    ['/v1/threads/thread_1/runs', 'runs'],
    ['/v1/threads/runs', 'runs'],
    ['/v1/threads/thread_1/messages', 'threads'],
    ['/v1/audio/speech', 'audio_speech'],
    ['/v1/images/generations', 'images'],
    ['/v1/batches/batch_1', 'batches'],
    ['/v1/live/sessions', 'live'],
    ['/v1/other', 'other'],
    ['/v1/response', 'other'],
    ['/v1/made/up', 'other'],
    ['/v1/', 'other'],
    ['/v1', 'other'],
  ])('names %s %s', (path, name) => expect(routeNameOf(path)).toBe(name));

  it('has at most thirty names', () => expect(ROUTE_NAMES.length).toBeLessThanOrEqual(30));
});
