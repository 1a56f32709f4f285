import { Command, SubCommand } from 'nest-commander';
import { CommandGroup } from '../terminal/cli.command.js';
import { EventsDeadDrop, EventsDeadList, EventsDeadReplay } from './dead.commands.js';
import { EventsSinksList, EventsSinksRemove } from './sink.commands.js';
import { EventsTail } from './tail.command.js';

const DEAD_COMMANDS = [EventsDeadList, EventsDeadReplay, EventsDeadDrop];
const SINK_COMMANDS = [EventsSinksList, EventsSinksRemove];

@SubCommand({ name: 'dead', description: 'events that a sink refuses for good', subCommands: DEAD_COMMANDS })
export class EventsDeadGroup extends CommandGroup {
  override readonly examples = ['events dead list', 'events dead replay --all'];
  protected override readonly docs = 'docs/observability/sinks.md';
}

@SubCommand({ name: 'sinks', description: 'sinks that events are kept for', subCommands: SINK_COMMANDS })
export class EventsSinksGroup extends CommandGroup {
  override readonly examples = ['events sinks list'];
  protected override readonly docs = 'docs/observability/sinks.md';
}

@Command({
  name: 'events',
  description: 'the events of a database and their delivery',
  subCommands: [EventsDeadGroup, EventsSinksGroup, EventsTail],
})
export class EventsGroup extends CommandGroup {
  override readonly examples = ['events tail', 'events sinks list', 'events dead list'];
  protected override readonly docs = 'docs/observability/sinks.md';
}

export const EVENT_COMMANDS = [
  EventsGroup,
  EventsDeadGroup,
  EventsSinksGroup,
  EventsTail,
  ...DEAD_COMMANDS,
  ...SINK_COMMANDS,
];
