import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { ReplicaIdentity } from '../replicas/replica.identity.js';
import { ReplicasModule } from '../replicas/replicas.module.js';
import { DisabledEvents } from './event/disabled.events.js';
import { EventReader } from './event/event.queries.js';
import { Events } from './events.js';
import { DeadEvents } from './journal/dead.events.js';
import { EventJournal } from './journal/event.journal.js';
import { Notices } from './journal/notices.js';
import { WorkerEventReader } from './journal/worker.event.reader.js';

/** Events of proxied requests: from the end of an exchange to the store, and back. */
@Module({
  imports: [ReplicasModule, MetricsModule],
  providers: [
    Events,
    { provide: EventJournal, inject: [Events], useFactory: ({ journal }: Events) => journal },
    {
      provide: EventReader,
      inject: [Events],
      useFactory: ({ isOn, thread }: Events) => (isOn ? new WorkerEventReader(thread) : new DisabledEvents()),
    },
    {
      provide: DeadEvents,
      inject: [Events],
      useFactory: ({ isOn, thread }: Events) => new DeadEvents(isOn ? thread : undefined),
    },
    {
      provide: Notices,
      inject: [Events, ReplicaIdentity],
      useFactory: ({ isOn, journal }: Events, { id }: ReplicaIdentity) =>
        new Notices(id, isOn ? (notice) => journal.notify(notice) : undefined),
    },
  ],
  exports: [Events, EventJournal, EventReader, DeadEvents, Notices],
})
export class EventsModule {}
