import type { ResponsePlan } from './upstream.responses.js';
import type { Reading } from './upstream.readers.js';

type Taken = Exclude<Reading, undefined>;
type Rule = (plan: ResponsePlan, ours: Taken, other: Reading, by: 'undici' | 'node') => boolean;

const has = ({ headers }: Taken, name: string): boolean =>
  headers.some((part, i) => i % 2 === 0 && part.toLowerCase() === name);

/** Responses that our parser accepts although another client refuses them, and the reason. */
const RULES: [why: string, rule: Rule][] = [
  [
    '100 (Continue) without an expectation, undici: RFC 9110 §15.2',
    (_plan, ours, other, by) => by === 'undici' && !other && ours.informational.includes(100),
  ],
  [
    'Upgrade in a response that switches no protocol, undici: RFC 9110 §7.8',
    ({ text }, _ours, other, by) => by === 'undici' && !other && /^upgrade:|^connection:.*upgrade/im.test(text),
  ],
  [
    'a framing header as a trailer, which is ignored: RFC 9110 §6.5.1',
    (_plan, { trailers }, other) =>
      !other && trailers.some((part) => /^(?:content-length|transfer-encoding)$/i.test(part)),
  ],
  [
    'a chunk extension, which is ignored: RFC 9112 §7.1.1',
    ({ text }, ours, other) => !other && has(ours, 'transfer-encoding') && /^[0-9a-f]+;[^\r\n]*\r\n/im.test(text),
  ],
];

/** The reason why a difference is allowed; undefined when there is none. */
export const allowedBy = (...difference: Parameters<Rule>): string | undefined =>
  RULES.find(([, rule]) => rule(...difference))?.[0];
