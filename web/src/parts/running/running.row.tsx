import { type ReactElement, useState } from 'react';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/client';
import { ApiFault } from '../../api/fault';
import { queries } from '../../api/queries';
import type { Stream, StreamList } from '../../api/types';
import { useNow } from '../../format/now';
import { bytes } from '../../format/number';
import { span } from '../../format/span';
import { Button } from '../../ui/button';
import { toast } from '../../ui/overlay/toast';
import { changed } from '../changed';

const KIND: Record<Stream['kind'], string> = { sse: 'stream', http: 'request', websocket: 'WebSocket' };

/** Gone from every list at once, not with the next poll. */
const forget = (id: string): void =>
  void queries.setQueriesData<StreamList>(
    { queryKey: ['/manage/streams'] },
    (list) => list && { ...list, streams: list.streams.filter((stream) => stream.id !== id) },
  );

async function end({ id, path }: Stream): Promise<void> {
  try {
    await api.POST('/manage/streams/{id}/end', { params: { path: { id } } });
    toast('Ended', `${path} ends with ended_by_operator.`);
  } catch (error) {
    if (!(error instanceof ApiFault && error.code === 'stream_not_found'))
      return void toast('Not ended', (error as Error).message, { isBad: true });
    toast('It has ended already');
  }
  forget(id);
  changed();
}

/** How long it runs, as text that ticks. */
function Age({ since }: { since: string }): ReactElement {
  const now = useNow();
  return (
    <time dateTime={since} title={since} className="tabular-nums">
      {span(now - Date.parse(since))}
    </time>
  );
}

export interface RunningRowProps {
  stream: Stream;
  mayEnd: boolean;
  showsToken: boolean;
  showsReplica: boolean;
}

/** One running request: what it asks for, since when, how much, where, and its end. */
export function RunningRow({ stream, mayEnd, showsToken, showsReplica }: RunningRowProps): ReactElement {
  const [isBusy, setBusy] = useState(false);
  const { method, path, model, kind, started_at: since, bytes_in: up, bytes_out: down, replica } = stream;
  const press = (): void => {
    setBusy(true);
    void end(stream).finally(() => setBusy(false));
  };
  return (
    <li data-row className="flex items-center justify-between gap-3 py-2.5 border-t border-line first:border-t-0">
      <div className="min-w-0 grid gap-0.5">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-[560] break-all">{model ?? 'no model'}</span>
          <code className="text-soft break-all">
            {method} {path}
          </code>
        </p>
        <p className="text-xs text-soft flex flex-wrap gap-x-2">
          <span>
            {KIND[kind]}, <Age since={since} />
          </span>
          <span title={`${up} bytes in, ${down} bytes out`}>
            {bytes(up)} in, {bytes(down)} out
          </span>
          {showsToken && (
            <Link to="/tokens/$id" params={{ id: stream.token_id }} className="underline underline-offset-2">
              {stream.token_name ?? stream.token_id}
            </Link>
          )}
          {showsReplica && <span className="break-all">on {replica}</span>}
        </p>
      </div>
      {mayEnd && (
        <Button kind="danger-quiet" isDisabled={isBusy} onPress={press} aria-label={`End ${method} ${path}`}>
          End
        </Button>
      )}
    </li>
  );
}
