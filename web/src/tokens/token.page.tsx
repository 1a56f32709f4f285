import { type ReactElement, useCallback, useState } from 'react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Ban, Pencil, RotateCcw } from 'lucide-react';
import { may } from '../api/may';
import { useMe } from '../api/me';
import type { Token } from '../api/types';
import { History } from '../parts/history';
import { RequestsChart } from '../parts/requests.chart';
import { Running } from '../parts/running/running';
import { TokenBadge } from '../parts/token/token.state';
import { useToken } from '../parts/token/token.query';
import { Button } from '../ui/button';
import { buttonClass } from '../ui/button.class';
import { toast } from '../ui/overlay/toast';
import { PageHead } from '../ui/page.head';
import { Fault, Loading } from '../ui/state';
import { LeftCard } from './left.card';
import { Replace } from './replace';
import Revoke from './revoke';
import { TokenCreated } from './token.created';
import { nameOf, reactivate } from './token.deeds';
import { NarrowingCard, TokenFacts } from './token.facts';
import type { MadeToken } from './token.secret';
import { TryIt } from './trial/try.it';

const route = getRouteApi('/inside/tokens/$id');

const bring = (token: Token): void =>
  void reactivate(token).catch((fault: Error) => toast('Not reactivated', fault.message, { isBad: true }));

const Actions = ({ token, onMade }: { token: Token; onMade: (made: MadeToken) => void }): ReactElement => (
  <>
    <Link to="/tokens/$id/edit" params={{ id: token.id }} className={buttonClass()}>
      <Pencil size={14} aria-hidden />
      Edit
    </Link>
    {token.is_active && token.replaced_by === undefined && <Replace token={token} onMade={onMade} />}
    {token.is_active ? (
      <Revoke
        token={token}
        trigger={
          <Button kind="danger">
            <Ban size={14} aria-hidden />
            Revoke Token
          </Button>
        }
      />
    ) : (
      <Button onPress={() => bring(token)}>
        <RotateCcw size={14} aria-hidden />
        Reactivate
      </Button>
    )}
  </>
);

const Lead = ({ token }: { token: Token }): ReactElement => (
  <>
    <span className="font-[580] text-ink">{token.name ?? 'unnamed'}</span> · <code>{token.token}</code>{' '}
    <TokenBadge status={token.status} />
  </>
);

const Content = ({ token }: { token: Token }): ReactElement => (
  <div className="grid lg:grid-cols-2 gap-4 items-start *:min-w-0">
    <LeftCard token={token} />
    <Running tokenId={token.id} />
    <div className="lg:col-span-2">
      <RequestsChart tokenId={token.id} days={7} />
    </div>
    <TokenFacts token={token} />
    <div className="grid gap-4">
      <NarrowingCard token={token} />
      <TryIt token={token} />
    </div>
    <div className="lg:col-span-2">
      <History tokenId={token.id} />
    </div>
  </div>
);

function Page({ id }: { id: string }): ReactElement {
  const token = useToken(id);
  const mayChange = may(useMe(), 'tokens');
  // The secret of the token that replaces this one, and no other place of the page has it.
  const [made, setMade] = useState<MadeToken>();
  const gone = useCallback(() => setMade(undefined), []);
  const { data } = token;
  if (made !== undefined) return <TokenCreated made={made} onGone={gone} />;
  return (
    <>
      {data !== undefined && (
        <nav aria-label="Breadcrumb" className="text-[0.8125rem] text-soft mb-2">
          <Link to="/tokens" className="hover:underline">
            Tokens
          </Link>{' '}
          / <span aria-current="page">{nameOf(data)}</span>
        </nav>
      )}
      <PageHead tab="Token Details" {...(data === undefined ? {} : { lead: <Lead token={data} /> })}>
        {data !== undefined && mayChange && <Actions token={data} onMade={setMade} />}
      </PageHead>
      {token.isPending && <Loading />}
      {token.isError && <Fault fault={token.error} retry={() => void token.refetch()} />}
      {data !== undefined && <Content token={data} />}
    </>
  );
}

export default function TokenPage(): ReactElement {
  const { id } = route.useParams();
  // Another token begins anew: a secret is not carried over.
  return <Page key={id} id={id} />;
}
