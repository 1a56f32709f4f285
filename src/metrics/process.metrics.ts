import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import type { Family, Metric } from './metric.js';

type Reported = MetricObjectWithValues<MetricValue<string>>;

/** How prom-client itself combines processes; an average of lags is shown as the worst one. */
const acrossOf = ({ aggregator }: Reported): Metric['across'] => {
  if (aggregator === 'min') return 'min';
  return aggregator === 'sum' ? 'sum' : 'max';
};

/** Figures of Node and of the operating system. The library is loaded at the first scrape: most starts never need it. */
export class ProcessMetrics {
  private registry: Promise<Registry> | undefined;

  async families(): Promise<Family[]> {
    this.registry ??= openRegistry();
    const reported = (await (await this.registry).getMetricsAsJSON()) as Reported[];
    return reported.map(familyOf).filter((family) => family !== undefined);
  }
}

async function openRegistry(): Promise<Registry> {
  const { collectDefaultMetrics, Registry: PromRegistry } = await import('prom-client');
  const registry = new PromRegistry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

function familyOf(reported: Reported): Family | undefined {
  // A value of the enum of the types, or its name.
  const type = String(reported.type);
  if (type !== 'counter' && type !== 'gauge' && type !== 'histogram') return undefined;
  const { name, help, values } = reported;
  // The library names the sums of three gauges like counters, which scrapers warn of. Their parts are there.
  if (type === 'gauge' && name.endsWith('_total')) return undefined;
  const points = (values as (MetricValue<string> & { metricName?: string })[]).map((value) => ({
    name: value.metricName ?? name,
    labels: textLabels(value.labels),
    value: value.value,
  }));
  const labels = [...new Set(points.flatMap((point) => Object.keys(point.labels)))].filter((label) => label !== 'le');
  return { metric: { name, help, type, labels, across: type === 'gauge' ? acrossOf(reported) : 'sum' }, points };
}

const textLabels = (labels: Partial<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
