import { Injectable, Logger } from '@nestjs/common';
import { VERSION } from '../common/values/package.js';
import { withTimeout } from '../common/values/with.timeout.js';
import { Lifecycle } from '../http/lifecycle.js';
import { mergeFamilies } from './family.merge.js';
import { SERVER_METRICS as SERVER } from './metric.catalogue.js';
import type { MetricPeers } from './metric.peers.js';
import { MetricSources } from './metric.sources.js';
import type { Family, Metric } from './metric.js';
import { ProcessMetrics } from './process.metrics.js';
import { RequestMetrics } from './request.metrics.js';
import { familiesOf } from './sampled.families.js';
import type { Sample, SampleSource } from './sample.js';

/** A source that takes longer is left out of a scrape. */
const SOURCE_LIMIT_MS = 500;

/** All metrics of this process, and of the whole server where it has several. */
@Injectable()
export class Metrics {
  private readonly logger = new Logger(Metrics.name);
  private readonly process = new ProcessMetrics();
  private readonly reported = new Set<string>();
  /** Set in a worker. */
  peers: MetricPeers | undefined;

  constructor(
    private readonly requests: RequestMetrics,
    private readonly sources: MetricSources,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** Of the whole server. */
  async all(): Promise<readonly Family[]> {
    const own = await this.own();
    return this.peers ? mergeFamilies([own, ...(await this.peers.gather(own))]) : own;
  }

  /** Of this process. */
  async own(): Promise<Family[]> {
    const [samples, ofProcess] = await Promise.all([this.samples(), this.process.families()]);
    const sampled = familiesOf(samples, (name) => this.reportOnce(name, 'a sample is not in the catalogue of metrics'));
    return [...this.requests.families(), ...this.serverFamilies(), ...sampled, ...ofProcess];
  }

  private serverFamilies(): Family[] {
    const open = { all: 0, streams: 0, sockets: 0 };
    this.lifecycle.forEach(({ route, isStream, response, status }) => {
      if (route !== 'proxied') return;
      open.all += 1;
      if (isStream) open.streams += 1;
      if (response === undefined && status === 101) open.sockets += 1;
    });
    return [
      single(SERVER.inFlight, open.all),
      single(SERVER.streamsOpen, open.streams),
      single(SERVER.socketsOpen, open.sockets),
      single(SERVER.uptime, process.uptime()),
      single(SERVER.buildInfo, 1, { version: VERSION, node: process.version }),
    ];
  }

  private async samples(): Promise<Sample[]> {
    return (await Promise.all(this.sources.all.map(async (source, number) => this.samplesOf(source, number)))).flat();
  }

  private async samplesOf(source: SampleSource, number: number): Promise<readonly Sample[]> {
    try {
      return await withTimeout(SOURCE_LIMIT_MS, Promise.resolve(source()));
    } catch (error) {
      this.reportOnce(`source ${number}`, 'a source of metrics failed', error);
      return [];
    }
  }

  /** Once for each: a scrape comes every few seconds. */
  private reportOnce(what: string, msg: string, err?: unknown): void {
    if (this.reported.has(what)) return;
    this.reported.add(what);
    this.logger.warn({ msg, metric: what, err });
  }
}

const single = (metric: Metric, value: number, labels: Record<string, string> = {}): Family => ({
  metric,
  points: [{ name: metric.name, labels, value }],
});
