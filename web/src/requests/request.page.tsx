import type { ReactElement, ReactNode } from 'react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { RequestDetail } from '../api/types';
import { bytes } from '../format/number';
import { Time } from '../format/time';
import { buttonClass } from '../ui/button.class';
import { endSentence, endWords } from '../parts/ends';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy.button';
import { Fact } from '../ui/fact';
import { IconButton } from '../ui/icon.button';
import { PageHead } from '../ui/page.head';
import { Fault, Loading } from '../ui/state';
import { Bodies } from './bodies';
import { useArrows, useNeighbours } from './neighbours';
import { StatusBadge } from './request.columns';
import { useRequest } from './request.queries';
import { UsageCard } from './usage.card';
import { Waterfall } from './waterfall';

const route = getRouteApi('/inside/requests/$id');

const KINDS: Record<RequestDetail['kind'], string> = {
  request: 'A request',
  work: 'Figures of work that came after its request',
  crash: 'A request whose server died',
};

const Id = ({ label, value }: { label: string; value: string | undefined }): ReactElement | null =>
  value === undefined ? null : (
    <Fact label={label}>
      <span className="inline-flex items-center gap-1 break-all">
        <code>{value}</code>
        <CopyButton text={value} label={`Copy: ${label}`} />
      </span>
    </Fact>
  );

const Ids = ({ request }: { request: RequestDetail }): ReactElement => (
  <Card title="Identifiers">
    <dl>
      <Id label="Request ID" value={request.request_id} />
      <Id label="Event ID" value={request.id} />
      <Id label="Upstream’s request ID" value={request.upstream_request_id} />
      <Id label="Response ID" value={request.response_id} />
      <Id label="Correlation ID" value={request.correlation_id} />
      <Id label="Project ID" value={request.project_id} />
      <Id label="Token ID" value={request.token_id} />
      <Id label="Work" value={request.work?.key} />
    </dl>
  </Card>
);

const Size = ({ of }: { of: number | undefined }): ReactNode => (of === undefined ? 'unknown' : bytes(of));

function Facts({ request }: { request: RequestDetail }): ReactElement {
  const { project_id, project_name, token_id, token_name, model, request_model: asked } = request;
  return (
    <Card title="What it was">
      <dl>
        <Fact label="Began">
          <Time at={request.at} format="ymd_hms_tz" />
        </Fact>
        <Fact label="End">
          <span className={request.end === 'ok' ? '' : 'text-rust'}>{endWords(request.end)}.</span>{' '}
          <span className="text-soft">{endSentence(request.end)}</span>
          {request.code !== undefined && (
            <>
              {' '}
              Code <code>{request.code}</code>
            </>
          )}
        </Fact>
        {project_id !== undefined && (
          <Fact label="Project">
            <Link to="/projects/$id" params={{ id: project_id }} className="text-leaf hover:underline">
              {project_name ?? project_id}
            </Link>
          </Fact>
        )}
        {token_id !== undefined && (
          <Fact label="Token">
            <Link to="/tokens/$id" params={{ id: token_id }} className="text-leaf hover:underline">
              {token_name ?? token_id}
            </Link>
          </Fact>
        )}
        {model !== undefined && (
          <Fact label="Model">
            {model}
            {asked !== undefined && asked !== model && <span className="text-soft"> (asked for {asked})</span>}
          </Fact>
        )}
        <Fact label="Endpoint">
          <code>{request.route}</code>
          {request.tier !== undefined && <span className="text-soft">, tier {request.tier}</span>}
        </Fact>
        <Fact label="Form">{request.socket ? 'WebSocket' : request.stream ? 'Event stream' : 'Whole response'}</Fact>
        <Fact label="Size">
          <Size of={request.bytes_in} /> in, <Size of={request.bytes_out} /> out
        </Fact>
        <Fact label="Replica">{request.replica}</Fact>
        {request.kind !== 'request' && <Fact label="Kind">{KINDS[request.kind]}</Fact>}
      </dl>
    </Card>
  );
}

/** Links to the newer and the older request. */
function NeighbourLinks({ request }: { request: RequestDetail }): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const { newer, older } = useNeighbours(request, search);
  const goTo = (row: { id: string } | undefined): (() => void) | undefined =>
    row && (() => void navigate({ to: '/requests/$id', params: { id: row.id }, search, replace: true }));
  const [toNewer, toOlder] = [goTo(newer), goTo(older)];
  useArrows(toNewer, toOlder);
  return (
    <>
      <Link to="/requests" search={search} className={buttonClass()}>
        Back to the list
      </Link>
      <IconButton label="Newer request (left arrow)" isDisabled={!toNewer} onPress={() => toNewer?.()}>
        <ChevronLeft size={17} aria-hidden />
      </IconButton>
      <IconButton label="Older request (right arrow)" isDisabled={!toOlder} onPress={() => toOlder?.()}>
        <ChevronRight size={17} aria-hidden />
      </IconButton>
    </>
  );
}

const Content = ({ request }: { request: RequestDetail }): ReactElement => (
  <>
    <PageHead
      tab="Request"
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <StatusBadge row={request} />
          <code className="break-all">
            {request.method} {request.path}
          </code>
        </span>
      }
    >
      <NeighbourLinks request={request} />
    </PageHead>
    <div className="grid gap-4 *:min-w-0">
      <Waterfall request={request} />
      <div className="grid lg:grid-cols-2 gap-4 items-start *:min-w-0">
        <Facts request={request} />
        <div className="grid gap-4 *:min-w-0">
          <UsageCard request={request} />
          <Ids request={request} />
        </div>
      </div>
      <Bodies key={request.id} request={request} />
    </div>
  </>
);

export default function RequestPage(): ReactElement {
  const { id } = route.useParams();
  const request = useRequest(id);
  if (request.data !== undefined) return <Content request={request.data} />;
  return (
    <>
      <PageHead tab="Request" />
      {request.isError ? <Fault fault={request.error} retry={() => void request.refetch()} /> : <Loading />}
    </>
  );
}
