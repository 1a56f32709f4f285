import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { VERSION } from '../common/values/package.js';
import { AppConfig } from '../config/app.config.js';
import type { ShownVariables } from '../config/environment/shown.variables.js';
import { dialectOf } from '../database/dialect/dialect.js';
import { ReplicaIdentity } from './replica.identity.js';
import { ReplicaSettingsEntity } from './replica.settings.entity.js';

/** The version of a process, and its variables as the audit log shows them: a secret is a mark. */
export interface KnownSettings {
  readonly version: string;
  readonly variables: ShownVariables;
}

/** Tells the other replicas how this one is configured. A SQLite file has no other: nothing is written there. */
@Injectable()
export class ReplicaSettings {
  private readonly isAlone: boolean;

  constructor(
    private readonly dataSource: DataSource,
    private readonly self: ReplicaIdentity,
    private readonly config: AppConfig,
  ) {
    this.isAlone = dialectOf(dataSource) === 'sqlite';
  }

  get own(): KnownSettings {
    return { version: VERSION, variables: this.config.audit.variables };
  }

  /** Rows of replicas that are forgotten go too. */
  async enter(manager: EntityManager): Promise<void> {
    if (this.isAlone) return;
    const { version, variables } = this.own;
    await manager.query('DELETE FROM replica_settings WHERE replica_id NOT IN (SELECT id FROM replicas)');
    await manager.upsert(
      ReplicaSettingsEntity,
      { replicaId: this.self.id, version, settings: JSON.stringify(variables) },
      ['replicaId'],
    );
  }

  async leave(): Promise<void> {
    if (!this.isAlone) await this.dataSource.manager.delete(ReplicaSettingsEntity, { replicaId: this.self.id });
  }

  /** By the id of the replica. One of a version that writes no settings is absent. */
  async read(ids: readonly string[]): Promise<ReadonlyMap<string, KnownSettings>> {
    const known = new Map([[this.self.id, this.own]]);
    if (this.isAlone) return known;
    for (const row of await this.dataSource.manager.findBy(ReplicaSettingsEntity, { replicaId: In([...ids]) }))
      known.set(row.replicaId, { version: row.version, variables: JSON.parse(row.settings) as ShownVariables });
    return known;
  }
}
