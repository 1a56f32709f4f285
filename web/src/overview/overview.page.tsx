import type { ReactElement } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FolderKey } from 'lucide-react';
import { api, body } from '../api/client';
import { may } from '../api/may';
import { useMe } from '../api/me';
import type { Overview } from '../api/types';
import { buttonClass } from '../ui/button.class';
import { PageHead } from '../ui/page.head';
import { Empty, Fault, Loading } from '../ui/state';
import { EndsCard } from './ends.card';
import { Figures } from './figures';
import { FirstRun } from './first.run';
import { OverheadCard } from './overhead.card';
import { SystemLine } from './system.line';
import { WitheringCard } from './withering.card';

const EVERY_MS = 30_000;
/** Figures of requests are not there yet, as in the first second of a server. */
const SOON_MS = 2000;

/** What the page shows; asked again while it is seen. */
const useOverview = () =>
  useQuery<Overview>({
    queryKey: ['/manage/overview', {}],
    refetchInterval: ({ state: { data } }) => (data?.requests_24h === null ? SOON_MS : EVERY_MS),
    queryFn: async ({ signal }): Promise<Overview> => body(await api.GET('/manage/overview', { signal })),
  });

function NewThings(): ReactElement {
  const me = useMe();
  return (
    <>
      {may(me, 'admin') && (
        <Link to="/projects/new" className={buttonClass()}>
          New project
        </Link>
      )}
      {may(me, 'tokens') && (
        <Link to="/tokens/new" className={buttonClass('primary')}>
          New token
        </Link>
      )}
    </>
  );
}

/** Nobody but an admin can take the first step. */
function NothingYet(): ReactElement | null {
  const me = useMe();
  if (me === undefined) return null;
  if (may(me, 'admin')) return <FirstRun />;
  return (
    <Empty
      icon={<FolderKey size={28} />}
      title="No project yet"
      text="There is no project that you may see. An admin creates it, or gives you one that exists."
    />
  );
}

const Content = ({ overview }: { overview: Overview }): ReactElement => (
  <>
    <Figures overview={overview} />
    <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)] max-lg:grid-cols-1 gap-4 mb-4">
      <EndsCard overview={overview} />
      <OverheadCard overview={overview} />
    </div>
    <WitheringCard overview={overview} />
    <SystemLine />
  </>
);

export default function OverviewPage(): ReactElement {
  const { data: overview, isPending, isError, error, refetch } = useOverview();
  const isEmpty = overview?.projects.total === 0;
  return (
    <>
      <PageHead tab="Dashboard" {...(overview && !isEmpty && { lead: 'The last 24 hours.' })}>
        {overview && !isEmpty && <NewThings />}
      </PageHead>
      {isError && <Fault fault={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {overview && (isEmpty ? <NothingYet /> : <Content overview={overview} />)}
    </>
  );
}
