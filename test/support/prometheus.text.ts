import { isDeepStrictEqual } from 'node:util';

/** One value of an exposition. */
export interface ScrapedValue {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

export interface ScrapedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly values: ScrapedValue[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|(?=\}))/;
const NUMBER = /^(?:[+-]?Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Parses the text format 0.0.4 or OpenMetrics 1.0, strictly: throws at everything that a scraper would refuse. */
export class PrometheusText {
  readonly metrics = new Map<string, ScrapedMetric>();
  private current: { name: string; help?: string; type?: string } | undefined;
  private isEnded = false;

  constructor(
    text: string,
    private readonly isOpen = false,
  ) {
    if (!text.endsWith('\n')) throw new Error('the last line has no end');
    for (const line of text.slice(0, -1).split('\n')) this.read(line);
    if (isOpen && !this.isEnded) throw new Error('there is no # EOF');
    for (const metric of this.metrics.values()) assertWhole(metric);
  }

  /** The values of a name, such as that of a bucket. */
  values(name: string): ScrapedValue[] {
    return [...this.metrics.values()].flatMap(({ values }) => values.filter((value) => value.name === name));
  }

  /** The sum of the values that have all these labels. */
  sum(name: string, labels: Record<string, string> = {}): number {
    return this.values(name)
      .filter((value) => Object.entries(labels).every(([label, text]) => value.labels[label] === text))
      .reduce((total, { value }) => total + value, 0);
  }

  private read(line: string): void {
    if (this.isEnded) throw new Error('a line behind # EOF');
    if (line === '# EOF' && this.isOpen) this.isEnded = true;
    else if (line.startsWith('# ')) this.readComment(line);
    else this.readValue(line);
  }

  private readComment(line: string): void {
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (!kind) throw new Error(`a comment without a meaning: ${line}`);
    if (this.current?.name !== name) this.current = { name: name! };
    this.current![kind === 'HELP' ? 'help' : 'type'] = rest!;
    const { help, type } = this.current!;
    if (help === undefined || type === undefined) return;
    if (this.metrics.has(name!)) throw new Error(`${name} is there twice`);
    if (!/^(?:counter|gauge|histogram)$/.test(type)) throw new Error(`the type ${type}`);
    if (this.isOpen && type === 'counter' && name!.endsWith('_total'))
      throw new Error(`${name} must not end in _total`);
    this.metrics.set(name!, { name: name!, type, help, values: [] });
  }

  private readValue(line: string): void {
    const name = NAME.exec(line)?.[0];
    if (name === undefined) throw new Error(`not a line of a value: ${line}`);
    const { labels, rest } = readLabels(line.slice(name.length));
    const text = /^ (\S+)$/.exec(rest)?.[1] ?? '';
    if (!NUMBER.test(text)) throw new Error(`not a number: ${line}`);
    const metric = this.metrics.get(this.current?.name ?? '');
    if (!metric || !belongs(name, metric, this.isOpen)) throw new Error(`a value outside its metric: ${line}`);
    const value = { name, labels, value: Number(text.replace('Inf', 'Infinity')) };
    const isTwice = metric.values.some((other) => other.name === name && same(other.labels, labels));
    if (isTwice) throw new Error(`a series that is there twice: ${line}`);
    metric.values.push(value);
  }
}

const same = (one: object, other: object): boolean => isDeepStrictEqual(one, other);

function readLabels(text: string): { labels: Record<string, string>; rest: string } {
  if (!text.startsWith('{')) return { labels: {}, rest: text };
  const labels: Record<string, string> = {};
  let rest = text.slice(1);
  while (!rest.startsWith('}')) {
    const [all, name, value] = LABEL.exec(rest) ?? [];
    if (all === undefined) throw new Error(`labels that cannot be read: ${text}`);
    if (Object.hasOwn(labels, name!)) throw new Error(`a label twice: ${text}`);
    labels[name!] = value!.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
    rest = rest.slice(all.length);
  }
  return { labels, rest: rest.slice(1) };
}

function belongs(name: string, metric: ScrapedMetric, isOpen: boolean): boolean {
  if (metric.type === 'histogram') return /^_(?:bucket|sum|count)$/.test(name.slice(metric.name.length));
  return name === (isOpen && metric.type === 'counter' ? `${metric.name}_total` : metric.name);
}

/** Buckets ascend and end with +Inf, whose value is the count. Counters are not negative. */
function assertWhole({ name, type, values }: ScrapedMetric): void {
  if (type === 'counter' && values.some(({ value }) => !(value >= 0))) throw new Error(`${name} has a negative value`);
  if (type !== 'histogram') return;
  for (const count of values.filter((value) => value.name === `${name}_count`)) {
    const buckets = values.filter(
      (value) => value.name === `${name}_bucket` && same({ ...value.labels, le: '' }, { ...count.labels, le: '' }),
    );
    const last = buckets.at(-1);
    const isAscending = buckets.every(({ value }, at) => at === 0 || value >= buckets[at - 1]!.value);
    if (last?.labels['le'] !== '+Inf' || last.value !== count.value || !isAscending)
      throw new Error(`the buckets of ${name} are not whole`);
  }
}
