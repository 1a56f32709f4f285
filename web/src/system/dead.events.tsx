import type { ReactElement } from 'react';
import { api, body } from '../api/client';
import type { DeadEvent, System } from '../api/types';
import { count } from '../format/number';
import { Ago } from '../format/time';
import { changed } from '../parts/changed';
import { AsCommand } from '../parts/command';
import { curlCall } from '../parts/command.line';
import { Button } from '../ui/button';
import { Confirm } from '../ui/overlay/confirm';
import { toast } from '../ui/overlay/toast';
import { Fault } from '../ui/state';
import { CardTable } from '../ui/table/card.table';
import { SHOWN_EVENTS, useDeadEvents } from './system.queries';

type Sink = NonNullable<System['events']>['sinks'][number];
interface Choice {
  sink: string;
  event_ids?: string[];
}

const events = (n: number): string => (n === 1 ? '1 event' : `${count(n)} events`);

async function replay(choice: Choice): Promise<void> {
  try {
    const { replayed_count: n } = body(await api.POST('/manage/events/dead/replay', { body: choice }));
    toast(`${events(n)} will be delivered again`, `to ${choice.sink}`);
    changed();
  } catch (error) {
    toast('Not delivered again', (error as Error).message, { isBad: true });
  }
}

async function drop(choice: Choice): Promise<void> {
  const { dropped_count: n } = body(await api.POST('/manage/events/dead/drop', { body: choice }));
  toast(`${events(n)} deleted`);
  changed();
}

const OfSink = ({ sink: { name, dead } }: { sink: Sink }): ReactElement => (
  <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-2.5 border-t border-line">
    <span>
      <code>{name}</code> refuses {events(dead)} for good.
    </span>
    <span className="flex flex-wrap gap-2">
      <Button onPress={() => void replay({ sink: name })}>Deliver all again</Button>
      <Confirm
        trigger={<Button kind="danger-quiet">Delete all</Button>}
        title={`Delete the dead events of ${name}?`}
        verb="Delete events"
        word={dead > 10 ? name : undefined}
        consequences={[
          `${events(dead)} never ${dead === 1 ? 'reaches' : 'reach'} ${name}.`,
          'Requests and usage on these pages keep them.',
          'It cannot be undone.',
        ]}
        run={() => drop({ sink: name })}
      />
    </span>
  </div>
);

const Rows = ({ rows }: { rows: readonly DeadEvent[] }): ReactElement => (
  <CardTable
    caption="Dead events"
    rows={rows}
    keyOf={({ sink, event_id: id }) => `${sink} ${id}`}
    columns={[
      { header: 'Event', cell: ({ event_id: id }) => <code className="break-all">{id}</code> },
      { header: 'Sink', cell: ({ sink }) => <code>{sink}</code> },
      { header: 'Reason', cell: ({ reason }) => reason },
      { header: 'Tries', cell: ({ tries }) => count(tries), isRight: true },
      { header: 'Last try', cell: ({ last_at: at }) => <Ago at={at} /> },
      {
        header: 'Action',
        cell: ({ sink, event_id: id }) => (
          <Button onPress={() => void replay({ sink, event_ids: [id] })} aria-label={`Deliver again: ${id}`}>
            Deliver again
          </Button>
        ),
      },
    ]}
  />
);

/** What sinks refused for good: delivered again, or deleted. */
export function DeadEvents({ sinks }: { sinks: readonly Sink[] }): ReactElement {
  const dead = sinks.filter((sink) => sink.dead > 0);
  const total = dead.reduce((sum, sink) => sum + sink.dead, 0);
  const { data, error, refetch } = useDeadEvents();
  return (
    <section aria-label="Dead events" className="bg-rust-wash/40">
      {dead.map((sink) => (
        <OfSink key={sink.name} sink={sink} />
      ))}
      {error !== null && <Fault fault={error} retry={() => void refetch()} />}
      {data !== undefined && data.length > 0 && <Rows rows={data} />}
      {total > SHOWN_EVENTS && (
        <p className="text-soft text-[0.8125rem] px-4 py-2.5 border-t border-line">
          These are the oldest {count(SHOWN_EVENTS)} of {count(total)}.
        </p>
      )}
      <div className="px-4 py-3 border-t border-line">
        <AsCommand
          cli="llm-proxy events dead replay --all"
          curl={curlCall('POST', '/manage/events/dead/replay', { all: true })}
        />
      </div>
    </section>
  );
}
