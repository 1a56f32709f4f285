import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import { useHealth } from '../api/health';
import type { Health } from '../api/types';
import { span } from '../format/span';

const SECOND_MS = 1000;

function partsOf({ version, uptime_seconds: uptime, checks, replicas }: Health): string[] {
  const [only, ...others] = replicas;
  return [
    `LLM Proxy ${version}`,
    `up ${span(uptime * SECOND_MS)}`,
    `database ${checks.database}`,
    ...(checks.redis === undefined ? [] : [`Redis ${checks.redis}`]),
    checks.events === undefined ? 'events off' : `events ${checks.events}`,
    ...(checks.audit === undefined ? [] : [`audit file ${checks.audit}`]),
    only !== undefined && others.length > 0 ? `${replicas.length} replicas` : '1 replica',
  ];
}

/** The state of the server in one line, which leads to the page about it. */
export function SystemLine(): ReactElement | null {
  const { data } = useHealth();
  if (!data) return null;
  return (
    <p className="text-xs text-soft mt-4">
      <Link to="/system" className="inline-flex flex-wrap gap-x-2 hover:text-ink hover:underline underline-offset-2">
        {partsOf(data).map((part, index) => (
          <span key={part}>
            {index > 0 && <span aria-hidden>· </span>}
            {part}
          </span>
        ))}
      </Link>
    </p>
  );
}
