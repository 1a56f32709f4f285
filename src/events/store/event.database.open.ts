import { EventDatabase, type EventDatabaseSettings } from './event.database.js';

/** Connects on first use to a database server; opens the file of SQLite, which exists (event.file.ts). */
export async function openEventDatabase(settings: EventDatabaseSettings): Promise<EventDatabase> {
  if (settings.driver === 'sqlite') return new (await import('./databases/sqlite.events.js')).SqliteEvents(settings);
  if (settings.driver === 'mysql') return (await import('./databases/mysql.events.js')).MysqlEvents.open(settings);
  return (await import('./databases/postgres.events.js')).PostgresEvents.open(settings);
}
