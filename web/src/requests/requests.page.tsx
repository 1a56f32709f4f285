import { type ReactElement, type ReactNode, useMemo } from 'react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Activity, ArrowUp, Pause, Play } from 'lucide-react';
import { Button } from '../ui/button';
import { PageHead } from '../ui/page.head';
import { Empty, Fault, Loading } from '../ui/state';
import { PlainTable } from '../ui/table/plain.table';
import { LiveBar } from './live.bar';
import { KEEP } from './live.rows';
import { RequestCard, requestColumns } from './request.columns';
import { filterWords, type FiltersProps, RequestFilters } from './request.filters';
import { type RequestPage, useRequestPage } from './request.queries';
import { RequestsCommand } from './requests.command';
import { mayFollow, NO_FILTERS, type RequestsSearch } from './search';
import { type Live, useLive } from './use.live';

const route = getRouteApi('/inside/requests');

function NoRequests({ search, set, page }: FiltersProps & { page: RequestPage }): ReactElement {
  const words = filterWords(search);
  if (page.next !== undefined)
    return (
      <Empty
        icon={<Activity size={28} />}
        title="Nothing among the newest"
        text="The search has looked at a part of the requests. There may be older ones."
        action={<Button onPress={() => set({ before: page.next })}>Look further</Button>}
      />
    );
  if (words.length > 0)
    return (
      <Empty
        icon={<Activity size={28} />}
        title="Nothing found"
        text={`No request that is kept has ${words.join(' and ')}.`}
        action={<Button onPress={() => set(NO_FILTERS)}>Show all requests</Button>}
      />
    );
  return (
    <Empty
      icon={<Activity size={28} />}
      title="No request yet"
      text="Each request through the proxy shows here the moment it ends."
    />
  );
}

/** Nothing moves while the pointer or the focus is inside. */
const HoldWhileHovered = ({ hold, children }: { hold: Live['hold']; children: ReactNode }): ReactElement => (
  <div
    onPointerEnter={() => hold(true)}
    onPointerLeave={() => hold(false)}
    onFocus={() => hold(true)}
    onBlur={() => hold(false)}
  >
    {children}
  </div>
);

function Pages({ search, set, page }: FiltersProps & { page: RequestPage }): ReactElement {
  // Live rows have pushed the last ones out.
  const older = page.rows.length >= KEEP ? page.rows.at(-1)?.cursor : page.next;
  return (
    <nav aria-label="Requests, pages" className="flex flex-wrap items-center justify-end gap-2 mt-3">
      {search.before !== undefined && (
        <Button onPress={() => set({ before: undefined })}>
          <ArrowUp size={14} aria-hidden />
          Newest
        </Button>
      )}
      {older !== undefined && <Button onPress={() => set({ before: older })}>Older</Button>}
    </nav>
  );
}

function List({ search, set }: FiltersProps): ReactElement {
  const list = useRequestPage(search);
  const isFollowing = mayFollow(search);
  const live = useLive(search, isFollowing && list.isSuccess);
  const columns = useMemo(() => requestColumns(search), [search]);
  if (list.isError && list.data === undefined) return <Fault fault={list.error} retry={() => void list.refetch()} />;
  if (list.data === undefined) return <Loading />;
  const { rows } = list.data;
  return (
    <>
      {isFollowing && <LiveBar live={live} />}
      {list.isError && <Fault fault={list.error} retry={() => void list.refetch()} />}
      {rows.length === 0 && !list.isPlaceholderData ? (
        <NoRequests search={search} set={set} page={list.data} />
      ) : (
        <HoldWhileHovered hold={live.hold}>
          <PlainTable
            caption="Requests, newest first"
            rows={rows}
            columns={columns}
            isDense
            isBusy={list.isPlaceholderData}
            rowClass={(row) => (live.isFresh(row) ? 'fresh' : '')}
            card={(row) => <RequestCard row={row} search={search} />}
          />
        </HoldWhileHovered>
      )}
      {rows.length > 0 && <Pages search={search} set={set} page={list.data} />}
    </>
  );
}

const FollowButton = ({ search, set }: FiltersProps): ReactElement =>
  mayFollow(search) ? (
    <Button onPress={() => set({ live: 'paused' })}>
      <Pause size={14} aria-hidden />
      Pause
    </Button>
  ) : (
    <Button onPress={() => set({ live: undefined, to: undefined })}>
      <Play size={14} aria-hidden />
      Follow live
    </Button>
  );

export default function RequestsPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const set = (more: RequestsSearch): void =>
    void navigate({ to: '/requests', search: { ...search, before: undefined, ...more } });
  return (
    <>
      <PageHead tab="Requests" lead="Every request through the proxy, from every replica, the moment it ends.">
        <FollowButton search={search} set={set} />
      </PageHead>
      <RequestFilters search={search} set={set} />
      <List search={search} set={set} />
      <div className="mt-4">
        <RequestsCommand search={search} />
      </div>
    </>
  );
}
