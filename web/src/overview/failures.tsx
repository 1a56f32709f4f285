import type { ReactElement } from 'react';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { Overview } from '../api/types';
import { count } from '../format/number';
import { endSentence, endWords } from '../parts/ends';

/** Requests with this end. Error responses ended well: there is no list of them alone. */
const listOf = (end: Overview['ends'][number]['end']): Pick<LinkProps, 'to' | 'search'> =>
  end === 'error_response'
    ? { to: '/usage', search: { group_by: 'end', metric: 'requests' } }
    : { to: '/requests', search: { end } };

/** What went wrong in the last 24 hours, the most frequent first. */
export const Failures = ({ overview: { ends, requests_24h: all } }: { overview: Overview }): ReactElement => (
  <>
    <h2 className="mt-5 mb-2">Failed</h2>
    {ends.length === 0 ? (
      <p className="text-soft text-[0.8125rem]">{all === null ? 'Not known.' : 'Nothing in the last 24 hours.'}</p>
    ) : (
      <ul className="grid gap-1.5">
        {ends.map(({ end, count: failed }) => (
          <li key={end} className="flex justify-between gap-3">
            <Link {...listOf(end)} title={endSentence(end)} className="hover:underline underline-offset-2 min-h-6">
              {endWords(end)}
            </Link>
            <span className="tabular-nums">{count(failed)}</span>
          </li>
        ))}
      </ul>
    )}
  </>
);
