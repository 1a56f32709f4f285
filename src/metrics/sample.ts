/** One value of a metric. Its name, type and help stand in the catalogue of metrics. Labels are bounded enums, never ids. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Gives the samples of one room at a scrape. A source that fails is left out of that scrape, and the error is logged. */
export type SampleSource = () => readonly Sample[] | Promise<readonly Sample[]>;
