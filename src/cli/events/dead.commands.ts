import { Option, SubCommand } from 'nest-commander';
import type { DeadChoice, DeadLetter, DeadLetters } from '../../events/store/bus/dead.letters.js';
import type { AppConfig } from '../../config/app.config.js';
import { usageError } from '../terminal/cli.error.js';
import { type ConsentOptions, YES } from '../terminal/consent.js';
import { notEmpty, wholeNumber } from '../terminal/option.values.js';
import { tableTime } from '../terminal/relative.time.js';
import { table } from '../terminal/table.js';
import type { Screen } from '../terminal/terminal.js';
import { EventCommand, type EventOptions } from './event.command.js';

type DeadOptions = EventOptions & { sink?: string };
type ListOptions = DeadOptions & { limit?: number };
type ChoiceOptions = DeadOptions & ConsentOptions & { all?: true };

abstract class DeadCommand extends EventCommand {
  protected async withDead<T>(
    options: DeadOptions,
    work: (dead: DeadLetters, config: AppConfig) => Promise<T>,
  ): Promise<T> {
    return this.withEvents(options, async (database, config) => {
      const { DeadLetters: Dead } = await import('../../events/store/bus/dead.letters.js');
      return work(new Dead(database), config);
    });
  }

  @Option({ flags: '--sink <name>', description: 'events of one sink' })
  parseSink(value: string): string {
    return notEmpty('--sink', value);
  }
}

/** Events are named one by one, or all of them by a flag: nothing is meant by default. */
abstract class DeadChoiceCommand extends DeadCommand {
  protected choiceOf(ids: readonly string[], { sink, all }: ChoiceOptions): DeadChoice {
    if (ids.length === 0 && sink === undefined && !all)
      throw usageError('name the ids of events, --sink, or --all for every event');
    if (ids.length > 0 && all) throw usageError('--all is for every event: name no ids beside it');
    return { ...(sink !== undefined && { sink }), ...(ids.length > 0 && { eventIds: ids }) };
  }

  @Option({ flags: '--all', description: 'all events, or all of the sink' })
  parseAll(): true {
    return true;
  }
}

const viewOf = ({ sink, eventId, reason, tries, firstAt, lastAt, line }: DeadLetter) => ({
  sink,
  event_id: eventId,
  reason,
  tries,
  first_at: new Date(firstAt).toISOString(),
  last_at: new Date(lastAt).toISOString(),
  event: line,
});
type DeadView = ReturnType<typeof viewOf>;

function deadText(letters: readonly DeadView[], screen: Screen): string {
  if (letters.length === 0) return 'No dead events.';
  const rows = letters.map((letter) => [
    letter.sink,
    letter.event_id,
    letter.reason,
    letter.tries,
    tableTime(letter.last_at, screen),
  ]);
  return table(['SINK', 'EVENT', 'REASON', 'TRIES', 'LAST'], rows, screen, ['REASON']);
}

const factsOf = ({ sink, eventIds }: DeadChoice) => ({
  ...(sink !== undefined && { sink }),
  ...(eventIds && { event_ids: eventIds.slice(0, 500) }),
});

const counted = (count: number): string => `${count} event${count === 1 ? '' : 's'}`;

@SubCommand({ name: 'list', description: 'list events that a sink refuses for good, the oldest first' })
export class EventsDeadList extends DeadCommand {
  override readonly examples = ['events dead list', 'events dead list --sink webhook --json'];

  async run(_: string[], options: ListOptions): Promise<void> {
    const letters = await this.withDead(options, async (dead) =>
      dead.list(options.sink === undefined ? {} : { sink: options.sink }, options.limit ?? 100),
    );
    this.print(options, letters.map(viewOf), deadText);
  }

  @Option({ flags: '--limit <n>', description: 'maximum events (default: 100)' })
  parseLimit(value: string): number {
    return wholeNumber('--limit', value, 1, 10_000);
  }
}

@SubCommand({ name: 'replay', arguments: '[ids...]', description: 'deliver dead events again' })
export class EventsDeadReplay extends DeadChoiceCommand {
  override readonly examples = ['events dead replay --sink webhook', 'events dead replay --all'];

  async run(ids: string[], options: ChoiceOptions): Promise<void> {
    const choice = this.choiceOf(ids, options);
    const replayed = await this.withDead(options, async (dead, config) =>
      this.audited(config, 'events.dead_replay', factsOf(choice), async () => dead.replay(choice)),
    );
    this.print(options, { replayed }, () => `${counted(replayed)} will be delivered again.`);
  }
}

@SubCommand({ name: 'drop', arguments: '[ids...]', description: 'delete dead events' })
export class EventsDeadDrop extends DeadChoiceCommand {
  override readonly examples = ['events dead drop --sink webhook', 'events dead drop --all --yes'];

  async run(ids: string[], options: ChoiceOptions): Promise<void> {
    const choice = this.choiceOf(ids, options);
    this.consent.assertPossible(options, 'this deletes events that a sink has not taken');
    await this.consent.ask(options, 'This deletes events that a sink has not taken.');
    const dropped = await this.withDead(options, async (dead, config) =>
      this.audited(config, 'events.dead_drop', factsOf(choice), async () => dead.drop(choice)),
    );
    this.print(options, { dropped }, () => `${counted(dropped)} deleted.`);
  }

  @Option(YES)
  parseYes(): true {
    return true;
  }
}
