import type { ReactElement } from 'react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { may } from '../api/may';
import { useMe } from '../api/me';
import type { System } from '../api/types';
import { span } from '../format/span';
import { PageHead } from '../ui/page.head';
import { Fault, Loading } from '../ui/state';
import { EventsCard } from './events.card';
import { OperatorsCard } from './operators/operators.card';
import { ReplicasCard } from './replicas.card';
import type { SystemSearch } from './search';
import { SessionsCard } from './sessions.card';
import { SettingsCard } from './settings.card';
import { StoresCards } from './stores.cards';
import { useSystem } from './system.queries';

const route = getRouteApi('/inside/system');

const Lead = ({ system: { version, node, uptime_seconds: uptime } }: { system: System }): ReactElement => (
  <>
    Version {version} on Node.js {node}. This replica has run for {span(uptime * 1000)}.
  </>
);

const Content = ({
  system,
  search,
  onSearch,
}: {
  system: System;
  search: SystemSearch;
  onSearch: (search: SystemSearch) => void;
}): ReactElement => (
  <>
    <ReplicasCard system={system} />
    <StoresCards system={system} />
    <EventsCard events={system.events} />
    <SessionsCard />
    <OperatorsCard />
    <SettingsCard config={system.config} search={search} onSearch={onSearch} />
  </>
);

/** What an operator sees who may not see the whole: its own sessions. */
const Own = (): ReactElement => (
  <>
    <p className="text-soft">The state of the system is for administrators of all projects.</p>
    <SessionsCard />
  </>
);

export default function SystemPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const me = useMe();
  // An operator of another role is refused by all of these routes but that of its own sessions.
  const isAdmin = may(me, 'admin');
  const { data, error, refetch } = useSystem(isAdmin);
  const onSearch = (next: SystemSearch): void => void navigate({ to: '/system', search: next, replace: true });
  return (
    <>
      <PageHead tab="System" {...(data === undefined ? {} : { lead: <Lead system={data} /> })} />
      <div className="grid gap-4 *:min-w-0">
        {me !== undefined && !isAdmin && <Own />}
        {error !== null && <Fault fault={error} retry={() => void refetch()} />}
        {isAdmin && data === undefined && error === null && <Loading />}
        {data !== undefined && <Content system={data} search={search} onSearch={onSearch} />}
      </div>
    </>
  );
}
