import type { ReactElement } from 'react';
import type { System } from '../api/types';
import { bytes, count } from '../format/number';
import { span } from '../format/span';
import { Ago } from '../format/time';
import { Badge, type Tone } from '../ui/badge';
import { Card } from '../ui/card';
import { DeadEvents } from './dead.events';
import { type CardColumn, CardTable } from '../ui/table/card.table';

type Events = NonNullable<System['events']>;
type Sink = Events['sinks'][number];

const BUS: Record<Events['bus'], string> = {
  outbox: 'the database',
  'in-memory': 'the memory of each replica',
  'redis-streams': 'Redis streams',
};
const STATES: Record<NonNullable<Sink['state']>, readonly [Tone, string]> = {
  idle: ['good', 'Idle'],
  delivering: ['good', 'Delivering'],
  retrying: ['warn', 'Retrying'],
  broken: ['bad', 'Broken'],
};

function State({ sink: { state, reason } }: { sink: Sink }): ReactElement {
  if (state === undefined) return <span className="text-soft">another process delivers</span>;
  const [tone, text] = STATES[state];
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Badge tone={tone}>{text}</Badge>
      {reason !== undefined && <span className="text-soft">{reason}</span>}
    </span>
  );
}

const COLUMNS: CardColumn<Sink>[] = [
  { header: 'Sink', cell: ({ name }) => <code>{name}</code> },
  { header: 'State', cell: (sink) => <State sink={sink} /> },
  { header: 'Pending', cell: ({ pending }) => count(pending), isRight: true },
  {
    header: 'Lag',
    cell: ({ pending, oldest_pending_seconds: seconds }) => (pending === 0 ? '–' : span(seconds * 1000)),
    isRight: true,
  },
  {
    header: 'Dead',
    cell: ({ dead }) => (dead === 0 ? '0' : <Badge tone="bad">{count(dead)}</Badge>),
    isRight: true,
  },
  { header: 'Last delivery', cell: ({ last_success_at: at }) => (at === undefined ? '–' : <Ago at={at} />) },
];

const Lead = ({ events: { bus, dropped, bytes: kept } }: { events: Events }): ReactElement => (
  <p className="text-soft text-[0.8125rem] px-4 pb-3">
    Events wait in {BUS[bus]}.{kept !== undefined && ` ${bytes(kept)} are kept.`}
    {dropped > 0 && ` This replica has dropped ${count(dropped)} since its start.`}
  </p>
);

/** The bus of events, its sinks, and what they refused for good. */
export function EventsCard({ events }: { events: System['events'] }): ReactElement {
  if (events === undefined)
    return (
      <Card title="Events and sinks">
        <p className="text-soft">
          There are none: <code>OBSERVABILITY_ENABLED</code> is false.
        </p>
      </Card>
    );
  const badge = events.state === 'ok' ? <Badge tone="good">Stored</Badge> : <Badge tone="bad">Degraded</Badge>;
  return (
    <Card title="Events and sinks" actions={badge} pad={false}>
      <Lead events={events} />
      {events.sinks.length === 0 ? (
        <p className="text-soft px-4 pb-4">
          {events.bytes === undefined ? (
            'What sinks there are is not known at the moment.'
          ) : (
            <>
              No sink is registered: <code>DISPATCHER_SERVICES</code> names them.
            </>
          )}
        </p>
      ) : (
        <CardTable caption="Sinks" rows={events.sinks} keyOf={({ name }) => name} columns={COLUMNS} />
      )}
      {events.sinks.some(({ dead }) => dead > 0) && <DeadEvents sinks={events.sinks} />}
    </Card>
  );
}
