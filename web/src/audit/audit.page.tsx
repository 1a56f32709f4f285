import type { ReactElement } from 'react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Download, ScrollText } from 'lucide-react';
import { may } from '../api/may';
import { useMe } from '../api/me';
import type { AuditList } from '../api/types';
import { Button } from '../ui/button';
import { buttonClass } from '../ui/button.class';
import { PageHead } from '../ui/page.head';
import { Empty, Fault, Loading } from '../ui/state';
import { AuditCommand } from './audit.command';
import { AuditFilters, filterWords, type FiltersProps } from './audit.filters';
import { AuditPager } from './audit.pager';
import { exportAddress, useAuditList } from './audit.query';
import { AuditTable } from './audit.table';
import { ChainCard } from './chain.card';
import type { AuditSearch } from './search';

const route = getRouteApi('/inside/audit');

function NoEvents({ search, list, clear }: { search: AuditSearch; list: AuditList; clear: () => void }): ReactElement {
  const words = filterWords(search);
  const isPart = list.pagination.has_next;
  return (
    <Empty
      icon={<ScrollText size={28} />}
      title={isPart ? 'Nothing so far' : words.length > 0 ? 'No audit events found' : 'No audit event yet'}
      text={
        isPart
          ? 'The search has looked at a part of the log. The next page goes on from there.'
          : words.length > 0
            ? `No event has ${words.join(' and ')}.`
            : 'Who does what is written here.'
      }
      action={words.length > 0 && !isPart && <Button onPress={clear}>Show all events</Button>}
    />
  );
}

function List({ search, set, clear }: FiltersProps & { clear: () => void }): ReactElement {
  const list = useAuditList(search);
  if (list.isError && list.data === undefined) return <Fault fault={list.error} retry={() => void list.refetch()} />;
  if (list.data === undefined) return <Loading />;
  const { events, pagination } = list.data;
  return (
    <>
      {list.isError && <Fault fault={list.error} retry={() => void list.refetch()} />}
      {events.length === 0 ? (
        <NoEvents search={search} list={list.data} clear={clear} />
      ) : (
        <AuditTable rows={events} search={search} isBusy={list.isPlaceholderData} />
      )}
      <AuditPager pagination={pagination} shown={events.length} search={search} set={set} />
    </>
  );
}

/** Files of the log, for who may have all of it. */
const Exports = ({ search }: { search: AuditSearch }): ReactElement => (
  <>
    {(['jsonl', 'csv'] as const).map((format) => (
      <a key={format} href={exportAddress(search, format)} download className={buttonClass()}>
        <Download size={14} aria-hidden />
        Export {format.toUpperCase()}
      </a>
    ))}
  </>
);

export default function AuditPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const maySeeAll = may(useMe(), 'admin');
  const set = (more: AuditSearch): void =>
    void navigate({ to: '/audit', search: { ...search, page: undefined, before: undefined, ...more } });
  const clear = (): void => void navigate({ to: '/audit', search: {} });
  return (
    <>
      <PageHead tab="Audit Events" lead="Who did what, and what the server did. Each row proves the one before it.">
        {maySeeAll && <Exports search={search} />}
      </PageHead>
      {maySeeAll && <ChainCard />}
      <AuditFilters search={search} set={set} clear={clear} />
      <List search={search} set={set} clear={clear} />
      <div className="mt-4">
        <AuditCommand search={search} />
      </div>
    </>
  );
}
