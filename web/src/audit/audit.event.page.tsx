import type { ReactElement, ReactNode } from 'react';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AuditEvent } from '../api/types';
import { count } from '../format/number';
import { Time } from '../format/time';
import { actorKind, changesOf, valueText } from '../parts/audit.words';
import { OutcomeBadge } from '../parts/outcome.badge';
import { buttonClass } from '../ui/button.class';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy.button';
import { Fact } from '../ui/fact';
import { PageHead } from '../ui/page.head';
import { Fault, Loading } from '../ui/state';
import { PlainTable } from '../ui/table/plain.table';
import { actionWords } from './actions';
import { useAuditEvent } from './audit.query';

const route = getRouteApi('/inside/audit/$id');

const Basic = ({ row }: { row: AuditEvent }): ReactElement => (
  <Card title="Basic Information">
    <dl>
      <Fact label="Timestamp:">
        <Time at={row.at} format="ymd_hms_tz" />
      </Fact>
      <Fact label="Action:">
        <code>{row.action}</code> <span className="text-soft">{actionWords(row.action)}</span>
      </Fact>
      <Fact label="Actor:">
        {row.actor_name !== undefined && `${row.actor_name}, `}
        {actorKind(row.actor)} <span className="text-soft">by {row.origin}</span>
      </Fact>
      <Fact label="Outcome:">
        <OutcomeBadge outcome={row.outcome} />
      </Fact>
    </dl>
  </Card>
);

const Network = ({ row }: { row: AuditEvent }): ReactElement => (
  <Card title="Network">
    <dl>
      <Fact label="IP Address:">{row.client_ip === undefined ? '–' : <code>{row.client_ip}</code>}</Fact>
      <Fact label="User Agent:">
        <span className="break-words">{row.user_agent ?? '–'}</span>
      </Fact>
      {row.method !== undefined && (
        <Fact label="Call:">
          <code className="break-all">
            {row.method} {row.path}
          </code>
        </Fact>
      )}
    </dl>
  </Card>
);

/** The old and the new value of each field. */
function Changes({ row }: { row: AuditEvent }): ReactElement | null {
  const changes = changesOf(row).map((change) => ({ ...change, id: change.field }));
  if (changes.length === 0) return null;
  const text = (value: unknown): ReactNode => <span className="break-all whitespace-pre-wrap">{valueText(value)}</span>;
  return (
    <section className="grid grid-cols-1 gap-2">
      <h2>What changed</h2>
      <PlainTable
        caption="What changed"
        rows={changes}
        columns={[
          { id: 'field', header: 'Field', cell: ({ field }) => <code>{field}</code> },
          { id: 'from', header: 'From', cell: ({ from }) => text(from) },
          { id: 'to', header: 'To', cell: ({ to }) => text(to) },
        ]}
      />
    </section>
  );
}

function Metadata({ row: { metadata } }: { row: AuditEvent }): ReactElement | null {
  const entries = Object.entries(typeof metadata === 'object' && metadata !== null ? metadata : {});
  if (entries.length === 0) return null;
  return (
    <Card title="Additional Details">
      <dl>
        {entries.map(([name, value]) => (
          <Fact key={name} label={name}>
            <span className="break-all whitespace-pre-wrap">{valueText(value)}</span>
          </Fact>
        ))}
      </dl>
    </Card>
  );
}

interface IdProps {
  label: string;
  value: string | undefined;
  children?: ReactNode;
}

const Id = ({ label, value, children }: IdProps): ReactElement | null =>
  value === undefined ? null : (
    <Fact label={label}>
      <span className="inline-flex items-center gap-1 break-all">
        {children ?? <code>{value}</code>}
        <CopyButton text={value} label={`Copy: ${label}`} />
      </span>
    </Fact>
  );

function Ids({ row }: { row: AuditEvent }): ReactElement {
  const { project_id: project, token_id: token } = row;
  return (
    <Card title="Identifiers">
      <dl>
        <Id label="Event ID" value={row.id} />
        <Id label="Project ID" value={project}>
          <Link to="/projects/$id" params={{ id: project ?? '' }} className="text-leaf hover:underline">
            <code>{project}</code>
          </Link>
        </Id>
        <Id label="Token ID" value={token}>
          <Link to="/tokens/$id" params={{ id: token ?? '' }} className="text-leaf hover:underline">
            <code>{token}</code>
          </Link>
        </Id>
        <Id label="Subject ID" value={row.subject_id} />
        <Id label="Actor ID" value={row.actor_id} />
        <Id label="Session ID" value={row.session_id} />
        <Id label="Request ID" value={row.request_id} />
        <Id label="Correlation ID" value={row.correlation_id} />
      </dl>
    </Card>
  );
}

/** What ties the row to the one before it. */
const Chain = ({ row }: { row: AuditEvent }): ReactElement => (
  <Card title="Place in the chain">
    <dl>
      <Fact label="Number">{count(row.seq)}</Fact>
      <Id label="Hash" value={row.hash} />
      <Id label="Hash of the row before" value={row.prev_hash} />
      <Id label="Signature" value={row.signature} />
      <Id label="Key" value={row.key_id} />
    </dl>
  </Card>
);

const Content = ({ row }: { row: AuditEvent }): ReactElement => (
  <div className="grid gap-4 *:min-w-0">
    <div className="grid lg:grid-cols-2 gap-4 items-start *:min-w-0">
      <Basic row={row} />
      <Network row={row} />
    </div>
    {row.reason !== undefined && (
      <Card title="Error">
        <p>
          Refused with <code>{row.reason}</code>.
        </p>
      </Card>
    )}
    <Changes row={row} />
    <Metadata row={row} />
    <div className="grid lg:grid-cols-2 gap-4 items-start *:min-w-0">
      <Ids row={row} />
      <Chain row={row} />
    </div>
  </div>
);

export default function AuditEventPage(): ReactElement {
  const { id } = route.useParams();
  const search = route.useSearch();
  const event = useAuditEvent(id);
  const { data } = event;
  return (
    <>
      <PageHead tab="Audit Event Details" lead={data === undefined ? undefined : `Event #${count(data.seq)}`}>
        <Link to="/audit" search={search} className={buttonClass()}>
          Back to List
        </Link>
      </PageHead>
      {data !== undefined && <Content row={data} />}
      {data === undefined &&
        (event.isError ? <Fault fault={event.error} retry={() => void event.refetch()} /> : <Loading />)}
    </>
  );
}
