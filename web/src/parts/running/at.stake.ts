import { count } from '../../format/number';
import type { StreamList } from '../../api/types';

/** How long what runs goes on after its access is taken away, at most. */
export const ENDS_WITHIN = '250 ms';

export interface AtStake {
  /** What happens to what runs, in a sentence. */
  sentence: string;
  /** Whether something runs, as far as the replicas have answered. */
  isSomething: boolean;
}

/** What an end of all access would cut off. `whose` is "with it" or "with them". Undefined: nobody could say. */
export function atStake(list: StreamList | undefined, whose: string): AtStake {
  const unknown = `What is running ${whose} ends within ${ENDS_WITHIN}.`;
  if (list === undefined) return { sentence: unknown, isSomething: false };
  const { streams, truncated, silent } = list;
  const n = streams.length;
  const more = silent.length > 0 ? ` No answer from ${silent.join(', ')}: what runs there ends too.` : '';
  if (n === 0) {
    const sentence = silent.length > 0 ? `${unknown}${more}` : `Nothing is running ${whose} now.`;
    return { sentence, isSomething: false };
  }
  const requests = `${truncated ? 'More than ' : ''}${count(n)} running ${n === 1 ? 'request ends' : 'requests end'}`;
  return { sentence: `${requests} within ${ENDS_WITHIN}.${more}`, isSomething: true };
}
