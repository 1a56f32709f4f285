import type { AnswerPlan } from './upstream.answers.js';
import type { Reading } from './upstream.readers.js';

type Taken = Exclude<Reading, undefined>;
type Rule = (plan: AnswerPlan, mine: Taken, other: Reading, by: 'undici' | 'node') => boolean;

const has = ({ headers }: Taken, name: string): boolean =>
  headers.some((part, i) => i % 2 === 0 && part.toLowerCase() === name);

/** What we take for an answer although another client does not, and what lets us. */
const RULES: [why: string, rule: Rule][] = [
  [
    '100 (Continue) unasked for, undici: RFC 9110 §15.2',
    (_plan, mine, other, by) => by === 'undici' && !other && mine.informational.includes(100),
  ],
  [
    'Upgrade where nothing is switched, undici: RFC 9110 §7.8',
    ({ text }, _mine, other, by) => by === 'undici' && !other && /^upgrade:|^connection:.*upgrade/im.test(text),
  ],
  [
    'a trailer that says how it is framed, which nobody passes on or believes: RFC 9110 §6.5.1',
    (_plan, { trailers }, other) =>
      !other && trailers.some((part) => /^(?:content-length|transfer-encoding)$/i.test(part)),
  ],
  [
    'a chunk extension that nobody has to understand: RFC 9112 §7.1.1',
    ({ text }, mine, other) => !other && has(mine, 'transfer-encoding') && /^[0-9a-f]+;[^\r\n]*\r\n/im.test(text),
  ],
];

/** Undefined when nothing does. */
export const allowedBy = (...difference: Parameters<Rule>): string | undefined =>
  RULES.find(([, rule]) => rule(...difference))?.[0];
