import { describe, expect, it } from 'vitest';
import { takeCredential } from './websocket.credential.js';

const PROTOCOL = 'Sec-WebSocket-Protocol';
const take = (protocols: string[], authorization?: string) =>
  takeCredential(
    protocols.flatMap((value) => [PROTOCOL, value]),
    authorization,
  );

describe(takeCredential.name, () => {
  it.each([
    ['none', [], undefined, undefined, []],
    ['a header', ['realtime'], 'Bearer a', 'a', ['realtime']],
    [
      'a subprotocol, in the middle',
      ['realtime, openai-insecure-api-key.a, openai-beta.realtime-v1'],
      undefined,
      'a',
      ['realtime, openai-beta.realtime-v1'],
    ],
    ['a subprotocol, first', ['openai-insecure-api-key.a,realtime'], undefined, 'a', ['realtime']],
    ['a subprotocol alone', ['openai-insecure-api-key.a'], undefined, 'a', []],
    ['a line of its own', ['realtime', ' OpenAI-Insecure-Api-Key.a'], undefined, 'a', ['realtime']],
    ['both, the same', ['realtime, openai-insecure-api-key.a'], 'Bearer a', 'a', ['realtime']],
    ['an empty one', ['openai-insecure-api-key.'], undefined, null, []],
    ['a malformed header', ['realtime'], 'Basic x', null, ['realtime']],
    ['spacing that is not ours', ['realtime ,  other'], 'Bearer a', 'a', ['realtime ,  other']],
  ] as const)('takes %s', (_what, protocols, authorization, credential, left) => {
    const taken = take([...protocols], authorization);
    expect(taken.credential).toBe(credential);
    expect(taken.rawHeaders).toEqual(left.flatMap((value) => [PROTOCOL, value]));
  });

  it.each([
    [['openai-insecure-api-key.a'], 'Bearer b'],
    [['openai-insecure-api-key.a'], 'Basic b'],
    [['openai-insecure-api-key.a, openai-insecure-api-key.b'], undefined],
    [['openai-insecure-api-key.a', 'openai-insecure-api-key.b'], undefined],
  ] as const)('refuses %j with %s: two credentials', (protocols, authorization) => {
    expect(() => take([...protocols], authorization)).toThrow(expect.objectContaining({ code: 'header_invalid' }));
  });
});
