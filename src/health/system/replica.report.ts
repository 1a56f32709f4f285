import { Injectable } from '@nestjs/common';
import { instant } from '../../common/rest/field.rules.js';
import { AppConfig } from '../../config/app.config.js';
import { ReplicaRegistry, type ReplicaStatus } from '../../replicas/replica.registry.js';
import { type KnownSettings, ReplicaSettings } from '../../replicas/replica.settings.js';
import { differingNames, settingList } from './setting.list.js';
import type { SystemReplica, SystemView } from './system.dto.js';

/** The processes on the database, and how their configurations differ from that of this one. */
@Injectable()
export class ReplicaReport {
  constructor(
    private readonly registry: ReplicaRegistry,
    private readonly settings: ReplicaSettings,
    private readonly config: AppConfig,
  ) {}

  /** While the database does not respond: the replicas as last read, and nothing of their settings. */
  async read(): Promise<Pick<SystemView, 'replicas' | 'config'>> {
    const { own } = this.settings;
    const replicas = await this.registry.read().catch(() => this.registry.known);
    const ids = replicas.map(({ id }) => id);
    const known = await this.settings.read(ids).catch(() => new Map<string, KnownSettings>());
    const differing = new Map<string, string[]>();
    const views = replicas.map((replica) => {
      const settings = replica.isThis ? own : known.get(replica.id);
      const names = settings && differingNames(own.variables, settings.variables);
      for (const name of names ?? []) differing.set(name, [...(differing.get(name) ?? []), replica.name]);
      return viewOf(replica, settings?.version, names?.length);
    });
    return { replicas: views, config: settingList(own.variables, this.config.sources, differing) };
  }
}

const viewOf = (
  { id, name, role, isThis, revision, behind, silentMs, startedAt }: ReplicaStatus,
  version: string | undefined,
  differs: number | undefined,
): SystemReplica => ({
  id,
  name,
  role,
  is_this: isThis,
  ...(version !== undefined && { version }),
  ...(startedAt !== undefined && { started_at: instant(startedAt) }),
  revision,
  behind,
  silent_ms: silentMs,
  ...(differs !== undefined && { differs }),
});
