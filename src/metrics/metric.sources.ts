import { Injectable } from '@nestjs/common';
import type { SampleSource } from './sample.js';

/** The one list of rooms that give samples beside the figures of requests. */
@Injectable()
export class MetricSources {
  private readonly sources: SampleSource[] = [];

  add(source: SampleSource): void {
    this.sources.push(source);
  }

  get all(): readonly SampleSource[] {
    return this.sources;
  }
}
