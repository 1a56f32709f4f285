import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ProxyEvent } from '../../src/events/event/proxy.event.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import { eventFileOf } from '../../src/events/store/event.file.js';
import { StoredEvents } from '../../src/events/store/stored.events.js';

/** A folder for a SQLite database that outlives the servers on it, and the events in it. */
export class KeptEvents {
  private readonly folder = mkdtempSync(join(tmpdir(), 'llm-proxy-kept-'));
  readonly path = join(this.folder, 'proxy.db');
  readonly file = eventFileOf(this.path);

  /** The events, the oldest first. */
  async read(): Promise<ProxyEvent[]> {
    const database = await openEventDatabase({ driver: 'sqlite', file: this.file, synchronous: 'normal', url: '' });
    const { events } = await new StoredEvents(database).requests({}, { limit: 10_000 });
    await database.close();
    return events.map(({ event }) => event).toReversed();
  }

  /** Nobody else can write to the file until the returned function is called. */
  lock(): () => void {
    const database = new DatabaseSync(this.file);
    database.exec('BEGIN IMMEDIATE');
    return () => {
      database.exec('ROLLBACK');
      database.close();
    };
  }

  /** The paths of the records of running exchanges. */
  opened(): string[] {
    const database = new DatabaseSync(this.file, { timeout: 5000 });
    const rows = database.prepare('SELECT opened FROM event_segments WHERE opened IS NOT NULL').all();
    database.close();
    return rows.flatMap(({ opened }) => (JSON.parse(opened as string) as { path: string }[]).map(({ path }) => path));
  }

  drop(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
