import type { KeptBodies } from '../../event/capture.line.js';
import type { EventDatabase } from '../event.database.js';
import type { StoreSettings } from '../event.draft.js';
import { bytesOf } from './body.table.js';

/** Rows that one statement deletes. */
const AT_ONCE = 200;
/** A project may have this part of its space more, until it is looked at again. */
const MARGIN = 1 / 8;

/** Deletes captured bodies that are old, and the oldest of a project that has too many. */
export class BodyRetention {
  /** Bytes by project that this process has added since it last looked. */
  private added = new Map<string, number>();

  constructor(
    private readonly database: EventDatabase,
    private readonly settings: Pick<StoreSettings, 'bodiesKeepMs' | 'bodiesMaxBytes'>,
  ) {}

  /** True when a project may have too many by now. Call it once for each append. */
  isDue(bodies: readonly KeptBodies[] = []): boolean {
    const { bodiesMaxBytes } = this.settings;
    let isDue = false;
    for (const one of bodies) {
      const bytes = (this.added.get(one.projectId) ?? 0) + bytesOf(one);
      this.added.set(one.projectId, bytes);
      isDue ||= bodiesMaxBytes > 0 && bytes > bodiesMaxBytes * MARGIN;
    }
    return isDue;
  }

  /** `now` by the clock of the database. */
  async prune(now: number): Promise<void> {
    await this.database.execute('DELETE FROM event_bodies WHERE created_at <= ?', [now - this.settings.bodiesKeepMs]);
    await this.trim();
  }

  async trim(): Promise<void> {
    const { bodiesMaxBytes } = this.settings;
    this.added = new Map();
    if (bodiesMaxBytes === 0) return;
    const full = await this.database.query<{ project: string; bytes: number }>(
      'SELECT project_id AS project, sum(bytes) AS bytes FROM event_bodies GROUP BY project_id HAVING sum(bytes) > ?',
      [bodiesMaxBytes],
    );
    for (const { project, bytes } of full) await this.deleteOldest(project, bytes - bodiesMaxBytes);
  }

  /** Another process may delete the same rows: each has the same order. */
  private async deleteOldest(project: string, bytes: number): Promise<void> {
    const sql = `SELECT uuid, bytes FROM event_bodies WHERE project_id = ? ORDER BY created_at, uuid LIMIT ${AT_ONCE}`;
    for (let excess = bytes; excess > 0;) {
      const uuids: string[] = [];
      for (const row of await this.database.query<{ uuid: string; bytes: number }>(sql, [project])) {
        if (excess <= 0) break;
        uuids.push(row.uuid);
        excess -= row.bytes;
      }
      if (uuids.length === 0) return;
      const marks = uuids.map(() => '?').join(', ');
      await this.database.execute(`DELETE FROM event_bodies WHERE uuid IN (${marks})`, uuids);
    }
  }
}
