import { Injectable } from '@nestjs/common';
import type { Action } from '../../common/audit/audit.action.js';
import type { Json } from '../../common/audit/json.js';
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

  /** Work that gives up or repeats events, between its two rows of the audit log. */
  protected async audited<T>(
    config: AppConfig,
    action: Action,
    facts: Readonly<Record<string, Json>>,
    work: () => Promise<T>,
  ): Promise<T> {
    const { withCommandAudit } = await import('../../maintenance/command.audit.js');
    const { ENTITIES } = await import('../../app.entities.js');
    return withCommandAudit(config, ENTITIES, async (audit) =>
      audit
        ? audit.around(action, facts, work, (result): Record<string, Json> =>
            typeof result === 'number' ? { events: result } : {},
          )
        : work(),
    );
  }
}
