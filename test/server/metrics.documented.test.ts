import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/metrics/metric.catalogue.js';
import { type Metric, withoutSuffix } from '../../src/metrics/metric.js';
import { ENDS } from '../../src/http/exchange.js';
import { ROUTES, STATUS_CLASSES } from '../../src/metrics/request.labels.js';
import { ProcessMetrics } from '../../src/metrics/process.metrics.js';

const PAGE = readFileSync('docs/observability/metrics.md', 'utf8');
/** Labels that Prometheus adds. */
const OF_PROMETHEUS = ['job', 'instance'];

interface Panel {
  title: string;
  targets?: { expr: string; legendFormat: string }[];
}
interface Dashboard {
  panels: Panel[];
  templating: { list: { name: string; query: string | { query: string } }[] };
}
interface Alerts {
  groups: { rules: { alert: string; expr: string; labels: object; annotations: Record<string, string> }[] }[];
}

const DASHBOARD = JSON.parse(readFileSync('deploy/grafana/llm-proxy.json', 'utf8')) as Dashboard;
const ALERTS = load(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as Alerts;
const TARGETS = DASHBOARD.panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
const RULES = ALERTS.groups.flatMap(({ rules }) => rules);
const EXAMPLES = [...PAGE.matchAll(/```promql\n([^]*?)```/g)]
  .flatMap(([, block]) => block!.split('\n'))
  .filter((line) => line !== '' && !line.startsWith('#'));

const namesIn = (expression: string): string[] => expression.match(/\b(?:llm_proxy|process|nodejs)_\w+/g) ?? [];

/** The names of labels in selectors and in the lists of an aggregation. */
function labelsIn(expression: string): string[] {
  const matchers = [...expression.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label]) => label!);
  const lists = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(',').map((label) => label.trim()),
  );
  return [...matchers, ...lists];
}

const isBalanced = (expression: string): boolean =>
  ['()', '{}', '[]'].every(([open, close]) => expression.split(open!).length === expression.split(close!).length);

describe('the metrics that are used', () => {
  let known: Map<string, Metric>;
  beforeAll(async () => {
    const ofProcess = (await new ProcessMetrics().families()).map(({ metric }) => metric);
    known = new Map([...CATALOGUE, ...ofProcess].map((metric) => [metric.name, metric]));
    // The labels of the process are those of its values, and it may not have collected any garbage yet.
    const garbage = known.get('nodejs_gc_duration_seconds')!;
    known.set(garbage.name, { ...garbage, labels: ['kind'] });
  });

  function problemsOf(expression: string): string[] {
    const metrics = namesIn(expression).map((name) => {
      const base = known.get(name) ?? known.get(withoutSuffix(name));
      const isHistogram = base?.type === 'histogram';
      return base && isHistogram === (base.name !== name) ? base : name;
    });
    const unknown = metrics.filter((metric) => typeof metric === 'string');
    const labels = metrics.flatMap((metric) => (typeof metric === 'string' ? [] : metric.labels));
    const allowed = new Set([...labels, ...OF_PROMETHEUS, ...(expression.includes('_bucket') ? ['le'] : [])]);
    const strange = labelsIn(expression).filter((label) => !allowed.has(label));
    return [...unknown, ...strange, ...(metrics.length === 0 || !isBalanced(expression) ? [expression] : [])];
  }

  it('in the dashboard exist, with their labels', () => {
    expect(TARGETS.length).toBeGreaterThan(30);
    expect(TARGETS.flatMap(({ title, expr }) => problemsOf(expr).map((problem) => [title, problem]))).toEqual([]);
  });

  it('in the dashboard keep the labels of their legends', () => {
    const lost = TARGETS.filter(({ expr, legendFormat }) =>
      [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].some(([, label]) => !labelsIn(expr).includes(label!)),
    );
    expect(lost).toEqual([]);
  });

  it('in the variables of the dashboard exist', () => {
    const queries = DASHBOARD.templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query));
    expect(queries.flatMap(namesIn).filter((name) => !known.has(name))).toEqual([]);
  });

  it('in the alerts exist, with their labels', () => {
    expect(RULES.length).toBeGreaterThan(10);
    expect(RULES.flatMap(({ alert, expr }) => problemsOf(expr).map((problem) => [alert, problem]))).toEqual([]);
    for (const { annotations, labels } of RULES) {
      expect(Object.keys(annotations)).toEqual(['summary', 'description']);
      expect(Object.keys(labels)).toEqual(['severity']);
    }
  });

  it('in the alerts are compared with values that exist', () => {
    const values = [...[...TARGETS, ...RULES].map(({ expr }) => expr), ...EXAMPLES].flatMap((expression) =>
      [...expression.matchAll(/\b(?:route|end|status_class)(?:=~|!~|=)"([^"]*)"/g)].flatMap(([, list]) =>
        list!.split('|'),
      ),
    );
    const existing = new Set<string>([...ROUTES, ...ENDS, ...STATUS_CLASSES]);
    expect(values.filter((value) => !existing.has(value))).toEqual([]);
  });

  it('in the examples of the page exist, with their labels', () => {
    expect(EXAMPLES.length).toBeGreaterThan(4);
    expect(EXAMPLES.flatMap(problemsOf)).toEqual([]);
  });

  it('are all in the dashboard, the request of a number being enough', () => {
    const shown = new Set(TARGETS.flatMap(({ expr }) => namesIn(expr)).flatMap((name) => [name, withoutSuffix(name)]));
    expect(CATALOGUE.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});

describe('the page of the metrics', () => {
  it('has each metric with its type and labels, and no other', () => {
    const rows = [...PAGE.matchAll(/^\| `(llm_proxy_\w+)` \| (\w+) \| (–|`[^|]+) \| [^|]+ \|$/gm)].map(
      ([, name, type, labels]) => [name, type, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label)],
    );
    expect(rows).toEqual(CATALOGUE.map(({ name, type, labels }) => [name, type, labels]));
  });
});
