import { loadConfig } from '../../src/config/config.loader.js';
import { openForMaintenance } from '../../src/database/data.source.js';
import { Migrator } from '../../src/database/migrator.js';
import type { EventDatabase, EventDatabaseSettings } from '../../src/events/store/event.database.js';
import { openEventDatabase } from '../../src/events/store/event.database.open.js';
import { prepareEventDatabase } from '../../src/events/store/event.file.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import type { Store } from '../support/databases.js';

/** An empty database of events, and connections to it. */
export class FreshEvents {
  private readonly open: EventDatabase[] = [];

  private constructor(
    readonly settings: EventDatabaseSettings,
    private readonly dropStore: () => Promise<void>,
  ) {}

  static async of(store: Store): Promise<FreshEvents> {
    const { variables, drop } = await store.fresh();
    const { database } = loadConfig({ MANAGEMENT_TOKEN, ...variables }).config;
    if (store.driver !== 'sqlite') {
      const maintenance = await openForMaintenance(database, []);
      await new Migrator(maintenance).up();
      await maintenance.destroy();
    }
    return new FreshEvents(await prepareEventDatabase(database), drop);
  }

  async connect(): Promise<EventDatabase> {
    const database = await openEventDatabase(this.settings);
    this.open.push(database);
    return database;
  }

  async drop(): Promise<void> {
    for (const database of this.open) await database.close();
    await this.dropStore();
  }
}
