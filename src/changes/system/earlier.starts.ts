import type { EntityManager } from 'typeorm';
import type { Json } from '../../common/audit/json.js';
import { dialectOf, withPlaceholders } from '../../database/dialect/dialect.js';
import type { ShownVariables } from '../../config/environment/shown.variables.js';
import { LIVE_MS } from '../../replicas/replica.registry.js';
import { DATABASE_CLOCK } from '../../database/dialect/dialect.js';

/** Starts and stops that are looked at: more than the processes of a host. */
const LOOKED_AT = 100;

type Metadata = Readonly<Record<string, Json>>;
type Named = { readonly id: string; readonly name: string; readonly role: string };

/** A start of some replica, as its row tells. */
export interface EarlierStart {
  readonly replica: Named;
  readonly config: ShownVariables | undefined;
}

/** Reads rows of the audit log that earlier processes have written. */
export class EarlierStarts {
  private constructor(
    private readonly starts: readonly EarlierStart[],
    private readonly stopped: ReadonlySet<string>,
    private readonly live: ReadonlySet<string>,
  ) {}

  static async read(manager: EntityManager): Promise<EarlierStarts> {
    const starts = (await rowsOf(manager, 'server.start')).flatMap(startOf);
    const stops = await rowsOf(manager, 'server.stop');
    const clock = DATABASE_CLOCK[dialectOf(manager.dataSource)];
    const live: { id: string }[] = await manager.query(
      `SELECT id FROM replicas WHERE seen_at >= ${clock} - ${LIVE_MS}`,
    );
    const stopped = stops.flatMap(({ replica }) => (isNamed(replica) ? [replica.id] : []));
    return new EarlierStarts(starts, new Set(stopped), new Set(live.map(({ id }) => id)));
  }

  has({ id }: { readonly id: string }): boolean {
    return this.starts.some(({ replica }) => replica.id === id);
  }

  /** The newest start on this host in this role; otherwise the newest in this role. */
  before(self: Named): EarlierStart | undefined {
    const peers = this.starts.filter(({ replica }) => replica.role === self.role);
    return peers.find(({ replica }) => hostOf(replica) === hostOf(self)) ?? peers[0];
  }

  /** Whether the last process of this host and role ended without a stop: it was killed, or its machine failed. */
  lostOne(self: Named): boolean {
    const last = this.starts.find(
      ({ replica }) => replica.role === self.role && hostOf(replica) === hostOf(self) && !this.runs(replica),
    );
    return last !== undefined && !this.stopped.has(last.replica.id);
  }

  /** A process that was killed has a heartbeat for some seconds more. */
  private runs({ id, name }: Named): boolean {
    return this.live.has(id) && isRunning(Number(name.slice(name.lastIndexOf('/') + 1)));
  }
}

async function rowsOf(manager: EntityManager, action: string): Promise<Metadata[]> {
  const sql = `SELECT metadata FROM audit_events WHERE action = ? ORDER BY seq DESC LIMIT ${LOOKED_AT}`;
  const rows: { metadata: string | null }[] = await manager.query(
    withPlaceholders(sql, dialectOf(manager.dataSource)),
    [action],
  );
  return rows.map(({ metadata }) => parsed(metadata ?? '{}'));
}

/** A row that somebody has altered must not prevent a start. */
export function parsed(text: string): Metadata {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function startOf({ replica, config, config_marked_by: markedBy }: Metadata): EarlierStart[] {
  if (!isNamed(replica)) return [];
  const isKnown = isObject(config) && (markedBy === null || isObject(markedBy));
  return [{ replica, config: isKnown ? ({ values: config, markedBy } as unknown as ShownVariables) : undefined }];
}

const isObject = (value: Json | undefined): value is Metadata => typeof value === 'object' && value !== null;
const isNamed = (value: Json | undefined): value is Named =>
  isObject(value) && [value['id'], value['name'], value['role']].every((text) => typeof text === 'string');

const hostOf = ({ name }: Named): string => name.slice(0, name.lastIndexOf('/'));

/** A process with the id of this one has ended: this one has it now. */
function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
