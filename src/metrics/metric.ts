/** What a metric is: its name, type, meaning and labels. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** How the values of several workers become one. Counters and histograms are always summed. */
  readonly across: 'sum' | 'max' | 'min';
}

/** One line of an exposition. The name has the suffix of a histogram; `le` is among the labels of a bucket. */
export interface Point {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with its values. Plain data: it crosses the boundary of a process. */
export interface Family {
  readonly metric: Metric;
  readonly points: readonly Point[];
}

/** The name of the metric that a point of this name belongs to, if the metric is a histogram. */
export const withoutSuffix = (name: string): string => name.replace(/_(?:bucket|sum|count)$/, '');
