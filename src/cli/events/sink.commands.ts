import { Option, SubCommand } from 'nest-commander';
import type { AppConfig } from '../../config/app.config.js';
import type { EventDatabase } from '../../events/store/event.database.js';
import { failure } from '../terminal/cli.error.js';
import { type ConsentOptions, YES } from '../terminal/consent.js';
import { table } from '../terminal/table.js';
import type { Screen } from '../terminal/terminal.js';
import { EventCommand, type EventOptions } from './event.command.js';

interface SinkView {
  sink: string;
  pending: number;
  oldest_pending_seconds: number;
  dead: number;
}

const sinksText = (sinks: readonly SinkView[], screen: Screen): string =>
  sinks.length === 0
    ? 'No sink is registered.'
    : table(
        ['SINK', 'PENDING', 'OLDEST', 'DEAD'],
        sinks.map(({ sink, pending, oldest_pending_seconds: age, dead }) => [
          sink,
          pending,
          pending === 0 ? null : `${Math.round(age)} s`,
          dead,
        ]),
        screen,
        ['SINK'],
      );

async function sinksOf(database: EventDatabase): Promise<SinkView[]> {
  const { storeStatus } = await import('../../events/store/store.status.js');
  const { sinks } = await storeStatus(database);
  return Object.entries(sinks).map(([sink, { pending, oldestSeconds, dead }]) => ({
    sink,
    pending,
    oldest_pending_seconds: oldestSeconds,
    dead,
  }));
}

@SubCommand({ name: 'list', description: 'list the sinks that events are kept for' })
export class EventsSinksList extends EventCommand {
  override readonly examples = ['events sinks list', 'events sinks list --json'];

  async run(_: string[], options: EventOptions): Promise<void> {
    this.print(options, await this.withEvents(options, sinksOf), sinksText);
  }
}

@SubCommand({ name: 'remove', arguments: '<sink>', description: 'keep no events for a sink any more' })
export class EventsSinksRemove extends EventCommand {
  override readonly examples = ['events sinks remove lunary', 'events sinks remove lunary --yes'];

  async run([sink = '']: string[], options: EventOptions & ConsentOptions): Promise<void> {
    const effect = 'this gives up the events that the sink has not taken';
    this.consent.assertPossible(options, effect);
    await this.withEvents(options, async (database, config) => {
      const isKnown = (await sinksOf(database)).some((known) => known.sink === sink);
      if (!isKnown && config.events.bus !== 'redis-streams') throw failure('no such sink is registered');
      await this.consent.ask(options, 'This gives up the events that the sink has not taken.', sink);
      await this.audited(config, 'events.sink_remove', { sink }, async () => removeSink(database, config, sink));
    });
    this.print(
      options,
      { removed: sink },
      () => 'Removed. A server or dispatcher that has the sink registers it again.',
    );
  }

  @Option(YES)
  parseYes(): true {
    return true;
  }
}

async function removeSink(
  database: EventDatabase,
  { events, redis, dispatcher }: AppConfig,
  sink: string,
): Promise<void> {
  const { OutboxBus } = await import('../../events/store/bus/outbox.bus.js');
  const outbox = new OutboxBus(database, 'command');
  await outbox.remove(sink);
  if (events.bus !== 'redis-streams' || !redis) return;
  const { StreamClient } = await import('../../dispatcher/streams/stream.client.js');
  const { RedisStreamsBus } = await import('../../dispatcher/streams/redis.streams.bus.js');
  const streams = new RedisStreamsBus(new StreamClient(redis.url), dispatcher.stream, outbox);
  await streams.remove(sink);
  await streams.close();
}
