import { type End, ENDS } from '../../http/exchange.js';

/** What ended a request before its time, in one word. `crash`: its server died. */
export type FailureEnd = Exclude<End, 'ok'> | 'crash';

/** All ends that sums keep apart. A request that ended well may still have an error as its response. */
export const FAILURE_ENDS: readonly FailureEnd[] = [...ENDS.filter((end) => end !== 'ok'), 'crash'];
