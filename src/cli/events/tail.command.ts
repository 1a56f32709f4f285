import { setTimeout as pause } from 'node:timers/promises';
import { Option, SubCommand } from 'nest-commander';
import type { ProxyEvent } from '../../events/event/proxy.event.js';
import type { EventDatabase } from '../../events/store/event.database.js';
import { wholeNumber } from '../terminal/option.values.js';
import { printable } from '../terminal/terminal.js';
import { EventCommand, type EventOptions } from './event.command.js';

type TailOptions = EventOptions & { count?: number };

const LOOK_EVERY_MS = 500;
const PAGE = 500;

/** One line of an event, for people. */
export function tailLine(event: ProxyEvent): string {
  const { at, method, path, status, end, request_model: model, usage, last_byte_ms: ms } = event;
  const tokens = usage?.input === undefined ? undefined : `${usage.input}+${usage.output ?? 0} tokens`;
  const parts = [
    at,
    method,
    path,
    status ?? '-',
    end,
    model,
    tokens,
    ms === undefined ? undefined : `${Math.round(ms)} ms`,
  ];
  return printable(parts.filter((part) => part !== undefined).join('  '));
}

@SubCommand({ name: 'tail', description: 'print events as they are stored, until Ctrl-C' })
export class EventsTail extends EventCommand {
  override readonly examples = ['events tail', 'events tail --json --count 10'];

  async run(_: string[], options: TailOptions): Promise<void> {
    await this.withEvents(options, async (database) => this.follow(database, options));
  }

  /** JSON is one line an event. */
  private async follow(database: EventDatabase, { json, count = Infinity }: TailOptions): Promise<void> {
    const { StoredEvents } = await import('../../events/store/stored.events.js');
    const stored = new StoredEvents(database);
    let printed = 0;
    let { last } = await stored.after(undefined, {}, PAGE);
    while (printed < count) {
      const page = await stored.after(last, {}, Math.min(PAGE, count - printed));
      for (const { event } of page.events) this.terminal.line(json ? JSON.stringify(event) : tailLine(event));
      if (page.skipped > 0)
        this.terminal.warn(`${page.skipped} events were skipped: they come faster than they are read`);
      printed += page.events.length;
      last = page.last;
      if (page.events.length === 0) await pause(LOOK_EVERY_MS);
    }
  }

  @Option({ flags: '--count <n>', description: 'end after so many events' })
  parseCount(value: string): number {
    return wholeNumber('--count', value, 1);
  }
}
