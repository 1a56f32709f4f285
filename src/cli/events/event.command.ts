import { Injectable } from '@nestjs/common';
import type { AppConfig } from '../../config/app.config.js';
import type { EventDatabase } from '../../events/store/event.database.js';
import { StoreCommand, type StoreOptions } from '../environment/store.command.js';
import { Consent } from '../terminal/consent.js';
import { Terminal } from '../terminal/terminal.js';

export type EventOptions = StoreOptions;

/** A command on the database of events. */
@Injectable()
export abstract class EventCommand extends StoreCommand {
  protected override readonly docs = 'docs/observability/sinks.md';

  constructor(
    protected readonly terminal: Terminal,
    protected readonly consent: Consent,
  ) {
    super();
  }

  protected async withEvents<T>(
    options: EventOptions,
    work: (database: EventDatabase, config: AppConfig) => Promise<T>,
  ): Promise<T> {
    // Loaded here: help and usage errors need no database driver.
    const { withEvents } = await import('./event.session.js');
    return withEvents(this.variables(options), work);
  }
}
