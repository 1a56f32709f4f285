import type { ReactElement } from 'react';
import { Activity, Ban, TriangleAlert } from 'lucide-react';
import { api, body } from '../../api/client';
import { may } from '../../api/may';
import { useMe } from '../../api/me';
import type { StreamList } from '../../api/types';
import { count } from '../../format/number';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Confirm } from '../../ui/overlay/confirm';
import { toast } from '../../ui/overlay/toast';
import { Fault, Loading } from '../../ui/state';
import { changed } from '../changed';
import { AsCommand } from '../command';
import { curlCall } from '../command.line';
import { scopeQuery, useStreams } from './running.query';
import { RunningRow } from './running.row';
import type { Scope } from '../scope';

const requests = (n: number): string => (n === 1 ? '1 running request' : `${count(n)} running requests`);

/** How many run; a number with a plus when there are more than the list has. */
const shown = ({ streams, truncated }: StreamList): string => `${count(streams.length)}${truncated ? '+' : ''}`;

async function endAll(scope: Scope): Promise<void> {
  const ended = body(await api.POST('/manage/streams/end', { body: scopeQuery(scope) }));
  changed();
  const missing = ended.silent.length > 0;
  const text = missing ? `No answer from ${ended.silent.join(', ')}: what runs there may go on.` : undefined;
  toast(`${requests(ended.ended_count)} ended`, text, { isBad: missing });
}

function EndAll({ scope, list }: { scope: Scope; list: StreamList }): ReactElement {
  const { streams, truncated, silent } = list;
  const of = scope.tokenId === undefined ? 'project' : 'token';
  return (
    <Confirm
      trigger={
        <Button kind="danger-quiet">
          <Ban size={14} aria-hidden />
          End all
        </Button>
      }
      title={`End what runs ${of === 'token' ? 'with this token' : 'in this project'}?`}
      verb="End all"
      word={streams.length > 10 ? 'end' : undefined}
      consequences={[
        `${truncated ? 'More than ' : ''}${requests(streams.length)} ${streams.length === 1 ? 'ends' : 'end'} at once, on every replica.`,
        <>
          Their clients get <code>ended_by_operator</code>.
        </>,
        of === 'token'
          ? 'The token stays usable: a client that tries again is served.'
          : 'Its tokens stay usable: a client that tries again is served.',
        ...(silent.length > 0 ? [`${silent.join(', ')} did not answer: what runs there may go on.`] : []),
      ]}
      run={() => endAll(scope)}
    />
  );
}

const Silent = ({ names }: { names: readonly string[] }): ReactElement => (
  <p className="flex items-start gap-2 rounded-control bg-straw-wash text-straw px-3 py-2 text-[0.8125rem]">
    <TriangleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
    <span className="min-w-0 break-words">No answer from {names.join(', ')}: what runs there is not in this list.</span>
  </p>
);

function Rows({ scope, list }: { scope: Scope; list: StreamList }): ReactElement {
  const mayEnd = may(useMe(), 'tokens');
  const { streams, silent, truncated } = list;
  const isAlone = new Set(streams.map(({ replica }) => replica)).size <= 1;
  return (
    <div className="grid gap-3">
      {silent.length > 0 && <Silent names={silent} />}
      {streams.length === 0 ? (
        <p className="text-soft flex items-center gap-2">
          <Activity size={15} aria-hidden />
          Nothing is running {scope.tokenId === undefined ? 'in this project' : 'with this token'}.
        </p>
      ) : (
        <ul
          aria-label="Running requests"
          className="max-h-96 overflow-y-auto -mx-4 px-4"
          // A long list scrolls, and has no buttons for a viewer: it must be reachable by the keyboard.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
        >
          {streams.map((stream) => (
            <RunningRow
              key={stream.id}
              stream={stream}
              mayEnd={mayEnd}
              showsToken={scope.tokenId === undefined}
              showsReplica={!isAlone || silent.length > 0}
            />
          ))}
        </ul>
      )}
      {truncated && <p className="text-soft text-[0.8125rem]">These are the newest {count(streams.length)}.</p>}
      {mayEnd && streams.length > 0 && <AsCommand curl={curlCall('POST', '/manage/streams/end', scopeQuery(scope))} />}
    </div>
  );
}

/** What runs now with a token or in a project, on all replicas, each with a way to end it. */
export function Running(scope: Scope): ReactElement {
  const { data, error, isPending, refetch } = useStreams(scope);
  const mayEnd = may(useMe(), 'tokens');
  const runs = data !== undefined && data.streams.length > 0;
  const title = (
    <span className="flex items-center gap-2">
      Running now
      {runs && (
        <>
          <span className="size-2 rounded-full bg-leaf pulse" aria-hidden />
          <span role="status" className="text-soft font-normal tabular-nums">
            {shown(data)}
          </span>
        </>
      )}
    </span>
  );
  return (
    <Card title={title} {...(runs && mayEnd ? { actions: <EndAll scope={scope} list={data} /> } : {})}>
      {isPending && <Loading label="Loading what runs now" />}
      {error !== null && <Fault fault={error} retry={() => void refetch()} />}
      {data !== undefined && <Rows scope={scope} list={data} />}
    </Card>
  );
}
