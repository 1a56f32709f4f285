import type { Change } from './change.js';
import { ChangePush } from './change.push.js';
import { PostgresListener } from './postgres.listener.js';

/** A channel belongs to one database. */
const CHANNEL = 'llm_proxy_changes';

/** LISTEN and NOTIFY: what a transaction says is delivered when it is committed. */
export class PostgresPush extends ChangePush {
  private listener: PostgresListener | undefined;

  constructor(private readonly url: string) {
    super();
  }

  async announceWithin({ manager, revision }: Change): Promise<void> {
    await manager.query('SELECT pg_notify($1, $2)', [CHANNEL, String(revision)]);
  }

  announce(): void {}

  listen(look: () => void): void {
    this.listener = new PostgresListener(this.url, CHANNEL, { onNotice: look, onUp: look });
    void this.listener.open();
  }

  async close(): Promise<void> {
    await this.listener?.close();
  }
}
