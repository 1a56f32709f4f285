import { Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';

/** The domain events of one process: how a room tells the floors above it without knowing them. */
@Module({ imports: [EventEmitterModule.forRoot({ global: true })] })
export class EventsModule {}
