import { DATABASE_CLOCK } from '../../../database/dialect/dialect.js';
import { type BodyTexts, hasBodies, type KeptBodies, withBodies } from '../../event/capture.line.js';
import type { EventDatabase } from '../event.database.js';
import { uuidOf } from '../segment.body.js';

/** Rows that one statement reads. */
const ROWS = 200;

/** The bytes of the texts of one exchange. */
export const bytesOf = ({ request = '', response = '' }: BodyTexts): number =>
  Buffer.byteLength(request) + Buffer.byteLength(response);

/** Bodies of one draft by the uuid of their exchange. */
export class DraftBodies {
  private readonly byUuid: ReadonlyMap<string, KeptBodies>;

  /** Bodies with more than `maxBytes` are left out: they would drive out all others of their project. 0 = no limit. */
  constructor(bodies: readonly KeptBodies[] = [], maxBytes = 0) {
    const fitting = bodies.filter((one) => maxBytes === 0 || bytesOf(one) <= maxBytes);
    this.byUuid = new Map(fitting.map((one) => [one.uuid, one]));
  }

  /** How much longer a line is for sinks. */
  readonly bytesBeside = (line: string): number => {
    const bodies = this.of(line);
    return bodies ? bytesOf(bodies) : 0;
  };

  /** Inserts what belongs to the lines of a segment. */
  async insert(transaction: EventDatabase, segment: number, lines: readonly string[]): Promise<void> {
    const sql = `INSERT INTO event_bodies (uuid, segment_id, project_id, created_at, bytes, request, response)
      VALUES (?, ?, ?, ${DATABASE_CLOCK[transaction.dialect]}, ?, ?, ?)`;
    for (const line of lines) {
      const bodies = this.of(line);
      if (!bodies) continue;
      const { uuid, projectId, request = null, response = null } = bodies;
      await transaction.execute(sql, [uuid, segment, projectId, bytesOf(bodies), request, response]);
    }
  }

  /** Lines as sinks get them. */
  join(lines: readonly string[]): string[] {
    return lines.map((line) => withBodies(line, this.of(line) ?? {}));
  }

  private of(line: string): KeptBodies | undefined {
    return this.byUuid.size > 0 && hasBodies(line) ? this.byUuid.get(uuidOf(line)) : undefined;
  }
}

/** Lines with their bodies, as far as these are still kept. */
export async function joinBodies(database: EventDatabase, lines: readonly string[]): Promise<string[]> {
  const uuids = lines.filter(hasBodies).map(uuidOf);
  const kept = new Map<string, BodyTexts>();
  for (let from = 0; from < uuids.length; from += ROWS)
    for (const { uuid, request, response } of await rowsOf(database, uuids.slice(from, from + ROWS)))
      kept.set(uuid, { request: request ?? undefined, response: response ?? undefined });
  return kept.size === 0
    ? [...lines]
    : lines.map((line) => (hasBodies(line) ? withBodies(line, kept.get(uuidOf(line)) ?? {}) : line));
}

async function rowsOf(
  database: EventDatabase,
  uuids: readonly string[],
): Promise<{ uuid: string; request: string | null; response: string | null }[]> {
  const marks = uuids.map(() => '?').join(', ');
  return database.query(`SELECT uuid, request, response FROM event_bodies WHERE uuid IN (${marks})`, uuids);
}
