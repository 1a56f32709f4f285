import { CATALOGUE } from './metric.catalogue.js';
import { type Family, type Metric, withoutSuffix } from './metric.js';
import type { Sample } from './sample.js';

const BY_NAME: ReadonlyMap<string, Metric> = new Map(CATALOGUE.map((metric) => [metric.name, metric]));

function metricOf({ name }: Sample): Metric | undefined {
  const whole = BY_NAME.get(name);
  if (whole) return whole.type === 'histogram' ? undefined : whole;
  const base = BY_NAME.get(withoutSuffix(name));
  return base?.type === 'histogram' ? base : undefined;
}

const fits = ({ labels }: Sample, metric: Metric): boolean =>
  Object.keys(labels).every((label) => metric.labels.includes(label) || label === 'le');

/** Samples by metric. A sample that is not in the catalogue goes to `onUnknown`. */
export function familiesOf(samples: readonly Sample[], onUnknown: (name: string) => void): Family[] {
  const families = new Map<Metric, Sample[]>();
  for (const sample of samples) {
    const metric = metricOf(sample);
    if (!metric || !fits(sample, metric)) {
      onUnknown(sample.name);
      continue;
    }
    const points = families.get(metric) ?? [];
    families.set(metric, points);
    points.push(sample);
  }
  return [...families].map(([metric, points]) => ({ metric, points }));
}
