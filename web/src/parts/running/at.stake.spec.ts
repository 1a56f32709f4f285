import { describe, expect, it } from 'vitest';
import type { Stream } from '../../api/types';
import { atStake } from './at.stake';

const list = (n: number, silent: string[] = [], truncated = false) => ({
  streams: Array.from({ length: n }, () => ({}) as Stream),
  truncated,
  silent,
});

describe('atStake', () => {
  it.each([
    ['unknown', undefined, 'What is running with it ends within 250 ms.', false],
    ['nothing', list(0), 'Nothing is running with it now.', false],
    ['one', list(1), '1 running request ends within 250 ms.', true],
    ['two', list(2), '2 running requests end within 250 ms.', true],
    ['more than the list has', list(500, [], true), 'More than 500 running requests end within 250 ms.', true],
    [
      'nothing where replicas answered',
      list(0, ['b']),
      'What is running with it ends within 250 ms. No answer from b: what runs there ends too.',
      false,
    ],
  ])('%s', (_name, streams, sentence, isSomething) => {
    expect(atStake(streams, 'with it')).toEqual({ sentence, isSomething });
  });
});
