import { lazy, type ReactElement, Suspense, useState } from 'react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { KeyRound, Plus } from 'lucide-react';
import { may } from '../api/may';
import { useMe } from '../api/me';
import type { Token } from '../api/types';
import { TokenTable } from '../parts/token/token.table';
import { Button } from '../ui/button';
import { buttonClass } from '../ui/button.class';
import { toast } from '../ui/overlay/toast';
import { PageHead } from '../ui/page.head';
import { Empty, Fault } from '../ui/state';
import { readSort, writeSort } from '../ui/table/columns';
import type { Selection } from '../ui/table/data.table';
import { columnsOf } from './optional.columns';
import { RowActions } from './row.actions';
import type { TokensSearch } from './search';
import { reactivate } from './token.deeds';
import { type FiltersProps, filterWords, NO_FILTERS, TokenFilters } from './token.filters';
import { SIZE, useTokenList } from './token.queries';

const route = getRouteApi('/inside/tokens');
// Most who look at the list do neither.
const Revoke = lazy(() => import('./revoke'));
const SelectionBar = lazy(() => import('./selection.bar'));

const NewToken = ({ projectId }: { projectId: string | undefined }): ReactElement => (
  <Link to="/tokens/new" search={{ project_id: projectId }} className={buttonClass('primary')}>
    <Plus size={15} aria-hidden />
    New token
  </Link>
);

function NoTokens({ search, set, mayMake }: FiltersProps & { mayMake: boolean }): ReactElement {
  const words = filterWords(search);
  if (words.length > 0)
    return (
      <Empty
        icon={<KeyRound size={28} />}
        title="Nothing found"
        text={`No token has ${words.join(' and ')}.`}
        action={<Button onPress={() => set(NO_FILTERS)}>Show all tokens</Button>}
      />
    );
  return (
    <Empty
      icon={<KeyRound size={28} />}
      title="No token yet"
      text="A token is what an app gets in place of the upstream key."
      action={mayMake && <NewToken projectId={undefined} />}
    />
  );
}

const reactivateToken = (token: Token): void =>
  void reactivate(token).catch((fault: Error) => toast('Not reactivated', fault.message, { isBad: true }));

function List({ search, set, mayMake }: FiltersProps & { mayMake: boolean }): ReactElement {
  const list = useTokenList(search);
  const [selected, setSelected] = useState<Selection>({});
  const [revoked, setRevoked] = useState<Token>();
  const chosen = Object.keys(selected);
  if (list.isError && list.data === undefined) return <Fault fault={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      {list.isError && <Fault fault={list.error} retry={() => void list.refetch()} />}
      <Suspense>{chosen.length > 0 && <SelectionBar ids={chosen} onClear={() => setSelected({})} />}</Suspense>
      <TokenTable
        columns={columnsOf(search.columns)}
        rows={list.data?.rows ?? []}
        total={list.data?.total ?? 0}
        page={search.page ?? 1}
        size={SIZE}
        onPage={(to) => set({ page: to === 1 ? undefined : to })}
        isBusy={list.isPending || list.isPlaceholderData}
        sort={readSort(search.sort ?? '-created_at')}
        onSort={(sort) => set({ sort: writeSort(sort) })}
        {...(mayMake ? { selected, onSelect: setSelected } : {})}
        {...(mayMake
          ? {
              actions: (token: Token) => (
                <RowActions
                  token={token}
                  onRevoke={() => setRevoked(token)}
                  onReactivate={() => reactivateToken(token)}
                />
              ),
            }
          : {})}
        empty={<NoTokens search={search} set={set} mayMake={mayMake} />}
      />
      <Suspense>
        {revoked !== undefined && (
          <Revoke token={revoked} isOpen onOpenChange={(isOpen) => !isOpen && setRevoked(undefined)} />
        )}
      </Suspense>
    </>
  );
}

export default function TokensPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const mayMake = may(useMe(), 'tokens');
  const set = (more: TokensSearch): void =>
    void navigate({ to: '/tokens', search: { ...search, page: undefined, ...more }, replace: 'search' in more });
  return (
    <>
      <PageHead
        tab="Tokens"
        lead="What apps use in place of the upstream key. They wither: with time, with use, or when you revoke them."
      >
        {mayMake && <NewToken projectId={search.project_id} />}
      </PageHead>
      <TokenFilters search={search} set={set} />
      <List search={search} set={set} mayMake={mayMake} />
    </>
  );
}
