import { Injectable } from '@nestjs/common';
import { VERSION } from '../../common/values/package.js';
import { AppConfig } from '../../config/app.config.js';
import { openPrices } from '../../config/prices/price.loader.js';
import { Events } from '../../events/events.js';
import { EventsCheck } from '../events.check.js';
import { ReplicaReport } from './replica.report.js';
import { StoreReport } from './store.report.js';
import type { SystemEvents, SystemPrices, SystemView } from './system.dto.js';

/** Everybody who looks within this time gets one answer. */
const KEPT_MS = 2000;

/** The state of the whole system, asked for when somebody looks. */
@Injectable()
export class SystemService {
  private kept: { readonly at: number; readonly view: Promise<SystemView> } | undefined;
  private priceDate: string | undefined;

  constructor(
    private readonly replicas: ReplicaReport,
    private readonly stores: StoreReport,
    private readonly events: Events,
    private readonly check: EventsCheck,
    private readonly config: AppConfig,
  ) {}

  async view(): Promise<SystemView> {
    const now = performance.now();
    if (!this.kept || now - this.kept.at > KEPT_MS) {
      this.kept = { at: now, view: this.read() };
      this.kept.view.catch(() => (this.kept = undefined));
    }
    return this.kept.view;
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
