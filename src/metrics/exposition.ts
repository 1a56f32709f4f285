import type { Family, Metric, Point } from './metric.js';

/** Text formats of https://prometheus.io/docs/instrumenting/exposition_formats/. */
export type TextFormat = 'prometheus' | 'openmetrics';

export const MEDIA_TYPES: Record<TextFormat, string> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Metrics as text. A metric without values is left out. */
export function exposition(families: readonly Family[], format: TextFormat): string {
  const isOpen = format === 'openmetrics';
  const blocks = families.filter(({ points }) => points.length > 0).map((family) => block(family, isOpen));
  return blocks.join('') + (isOpen ? '# EOF\n' : '');
}

function block({ metric, points }: Family, isOpen: boolean): string {
  const name = isOpen ? openName(metric) : metric.name;
  const head = `# HELP ${name} ${escapedHelp(metric.help, isOpen)}\n# TYPE ${name} ${metric.type}\n`;
  return head + points.map((point) => line(point, metric, isOpen)).join('');
}

/** OpenMetrics names a counter without the `_total` of its values, which it demands. */
const openName = ({ name, type }: Metric): string => (type === 'counter' ? name.replace(/_total$/, '') : name);

function line({ name, labels, value }: Point, { type }: Metric, isOpen: boolean): string {
  const isUnnamed = isOpen && type === 'counter' && !name.endsWith('_total');
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${labelValue(label, text, isOpen)}"`);
  return `${name}${isUnnamed ? '_total' : ''}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${number(value)}\n`;
}

/** The bound of a bucket is a float in OpenMetrics: 1.0. */
function labelValue(label: string, text: string, isOpen: boolean): string {
  if (label === 'le' && isOpen && /^\d+$/.test(text)) return `${text}.0`;
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function escapedHelp(help: string, isOpen: boolean): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return isOpen ? text.replaceAll('"', '\\"') : text;
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
