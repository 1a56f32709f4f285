import type { EntityManager } from 'typeorm';
import type { Change } from './change.js';
import { ChangePush } from './change.push.js';
import { PostgresListener } from './postgres.listener.js';

/** The scope of a channel is one database. */
const CHANNEL = 'llm_proxy_changes';

/** LISTEN and NOTIFY: PostgreSQL delivers the message when the transaction commits. */
export class PostgresPush extends ChangePush {
  private listener: PostgresListener | undefined;

  constructor(private readonly url: string) {
    super();
  }

  async announceWithin({ manager, revision }: Change): Promise<void> {
    await manager.query('SELECT pg_notify($1, $2)', [CHANNEL, String(revision)]);
  }

  announce(): void {}

  nudge(manager: EntityManager): void {
    void manager.query('SELECT pg_notify($1, $2)', [CHANNEL, '']).catch(() => undefined);
  }

  listen(look: () => void): void {
    this.listener = new PostgresListener(this.url, CHANNEL, { onNotice: look, onUp: look });
    void this.listener.open();
  }

  async close(): Promise<void> {
    await this.listener?.close();
  }
}
