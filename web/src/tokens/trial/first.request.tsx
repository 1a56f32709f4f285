import { type ReactElement, useEffect, useState } from 'react';
import { Link } from '@tanstack/react-router';
import { Loader } from 'lucide-react';
import { api } from '../../api/client';
import { openEvents } from '../../api/events';
import { ApiFault } from '../../api/fault';
import type { RequestRow } from '../../api/types';
import { ms } from '../../format/number';
import { Badge } from '../../ui/badge';
import { Card } from '../../ui/card';
import { adviceOn } from './refusal.advice';

const POLL_MS = 2000;

/** Asks for the newest request. Where the live stream has no place, every two seconds. */
async function ask(tokenId: string, signal: AbortSignal): Promise<RequestRow | undefined> {
  const query = { token_id: tokenId, page_size: 1 };
  const { data = [] } = await api.GET('/manage/requests', { params: { query }, signal });
  return data[0];
}

interface Seen {
  row?: RequestRow;
  /** Why none will be seen. */
  problem?: string;
}

/** Waits for a request by the live stream, and by asking once it is refused. Both end with the first one. */
function useFirstRequest(tokenId: string): Seen {
  const [seen, setSeen] = useState<Seen>({});
  const isOver = seen.row !== undefined || seen.problem !== undefined;
  const [isPolled, setPolled] = useState(false);
  useEffect(() => {
    if (isOver || isPolled) return undefined;
    const path = `/manage/requests/live?token_id=${encodeURIComponent(tokenId)}`;
    return openEvents(path, ['request'], {
      onEvent: (_name, data) => setSeen({ row: data as RequestRow }),
      onLost: (isRefused) => isRefused && setPolled(true),
    });
  }, [tokenId, isOver, isPolled]);
  useEffect(() => {
    if (isOver || !isPolled) return undefined;
    const end = new AbortController();
    const look = async (): Promise<void> => {
      if (document.hidden) return;
      try {
        const row = await ask(tokenId, end.signal);
        if (row !== undefined) setSeen({ row });
      } catch (fault) {
        if (fault instanceof ApiFault && fault.code === 'observability_disabled') setSeen({ problem: fault.message });
      }
    };
    void look();
    const timer = setInterval(() => void look(), POLL_MS);
    return () => {
      clearInterval(timer);
      end.abort();
    };
  }, [tokenId, isOver, isPolled]);
  return seen;
}

const isGood = ({ status = 0 }: RequestRow): boolean => status > 0 && status < 400;

function Row({ row }: { row: RequestRow }): ReactElement {
  const advice = isGood(row) ? undefined : adviceOn(row);
  return (
    <div role="status" className="fresh rounded grid gap-2">
      <p className="flex flex-wrap items-center gap-3">
        <Badge tone={isGood(row) ? 'good' : 'bad'}>{row.status ?? row.end}</Badge>
        {row.model !== undefined && <span className="font-[580]">{row.model}</span>}
        <code className="text-soft break-all">
          {row.method} {row.path}
        </code>
        <span className="text-soft tabular-nums">
          {row.first_byte_ms !== undefined && `first byte ${ms(row.first_byte_ms)}`}
          {row.duration_ms !== undefined && `, whole ${ms(row.duration_ms)}`}
        </span>
        <Link to="/requests/$id" params={{ id: row.id }} className="text-leaf underline underline-offset-2">
          Look at it
        </Link>
      </p>
      {row.code !== undefined && (
        <p>
          Refused with <code>{row.code}</code>.
        </p>
      )}
      {advice !== undefined && <p className="text-soft">{advice}</p>}
    </div>
  );
}

/** Waits for the first request with a new token and shows it the moment it ends. */
export function FirstRequest({ tokenId }: { tokenId: string }): ReactElement {
  const { row, problem } = useFirstRequest(tokenId);
  return (
    <Card title="First request">
      {row !== undefined && <Row row={row} />}
      {problem !== undefined && <p className="text-soft">{problem}</p>}
      {row === undefined && problem === undefined && (
        <p role="status" className="flex items-center gap-2 text-soft">
          <Loader size={15} className="pulse" aria-hidden />
          Waiting for the first request with this token. It shows here the moment it ends.
        </p>
      )}
    </Card>
  );
}
