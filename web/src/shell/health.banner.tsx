import { type ReactElement, useEffect, useRef } from 'react';
import { CloudOff } from 'lucide-react';
import { AWAY_MS, isServing, useHealth } from '../api/health';
import { queries, HEALTH_KEY } from '../api/queries';
import type { Health } from '../api/types';

const WORDS: Record<Health['status'], string> = {
  ok: '',
  unavailable: 'The server has lost its database or another part it needs. What you see may be old.',
  draining: 'This server is shutting down. Another one takes over, or it comes back.',
};

/** Said politely when the server cannot serve. Once it can again, everything on the page is fetched anew. */
export function HealthBanner(): ReactElement {
  const { data, isError, isPending } = useHealth();
  const isAway = !isPending && !isServing({ data, isError });
  const wasAway = useRef(false);
  useEffect(() => {
    if (wasAway.current && !isAway)
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== HEALTH_KEY[0] });
    wasAway.current = isAway;
  }, [isAway]);
  const words =
    isError || data === undefined ? 'The server cannot be reached. What you see may be old.' : WORDS[data.status];
  return (
    <div role="status" className="lg:sticky lg:top-0 lg:z-10">
      {isAway && (
        <p
          id="health-banner"
          className="flex items-center gap-2.5 border-b border-line bg-rust-wash text-rust px-7 max-sm:px-3 py-2.5 text-[0.8125rem]"
        >
          <CloudOff size={16} className="shrink-0" aria-hidden />
          <span>
            {words} Asked again every {AWAY_MS / 1000} seconds.
          </span>
        </p>
      )}
    </div>
  );
}
