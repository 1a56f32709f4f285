import { Injectable } from '@nestjs/common';
import { KeptAnswers } from '../../common/rest/kept.answers.js';
import { Clock } from '../../common/values/clock.js';
import { VERSION } from '../../common/values/package.js';
import { AppConfig } from '../../config/app.config.js';
import { openPrices } from '../../config/prices/price.loader.js';
import { Events } from '../../events/events.js';
import { EventsCheck } from '../events.check.js';
import { ReplicaReport } from './replica.report.js';
import { StoreReport } from './store.report.js';
import type { SystemEvents, SystemPrices, SystemView } from './system.dto.js';

/** All calls within this time get one answer. */
const KEPT_MS = 2000;

/** The state of the whole system, asked for when somebody looks. */
@Injectable()
export class SystemService {
  private readonly kept: KeptAnswers<SystemView>;
  private priceDate: string | undefined;

  constructor(
    private readonly replicas: ReplicaReport,
    private readonly stores: StoreReport,
    private readonly events: Events,
    private readonly check: EventsCheck,
    private readonly config: AppConfig,
    clock: Clock,
  ) {
    this.kept = new KeptAnswers(clock, () => KEPT_MS);
  }

  /** Kept for two seconds. A store that does not respond is shown as down. */
  async view(): Promise<SystemView> {
    return this.kept.of('system', async () => this.read());
  }

  private async read(): Promise<SystemView> {
    const [{ replicas, config }, database, redis, events, encryption] = await Promise.all([
      this.replicas.read(),
      this.stores.database(),
      this.stores.redisState(),
      this.bus(),
      this.stores.encryption(),
    ]);
    return {
      version: VERSION,
      node: process.version,
      uptime_seconds: Math.floor(process.uptime()),
      replicas,
      database,
      ...(redis && { redis }),
      ...(events && { events }),
      encryption,
      prices: this.prices(),
      config,
    };
  }

  private async bus(): Promise<SystemEvents | undefined> {
    const { state, sinks, bytes } = await this.check.report();
    if (state === undefined) return undefined;
    const { bus } = this.config.events;
    return { bus, state, ...(bytes !== undefined && { bytes }), dropped: this.events.thread.dropped, sinks };
  }

  private prices(): SystemPrices {
    try {
      this.priceDate ??= openPrices(this.config.prices.path).asOf;
      return { as_of: this.priceDate };
    } catch {
      return { as_of: null };
    }
  }
}
