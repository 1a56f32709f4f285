import type { TextFormat } from './exposition.js';

export type Format = TextFormat | 'json';

interface Range {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

/** The format that an Accept value prefers (RFC 9110 §12.5.1): the first of the highest weight that is known, else text. */
export function formatFor(accept: string | undefined): Format {
  const known = rangesOf(accept ?? '').flatMap((range) => {
    const format = formatOf(range);
    return format !== undefined && range.weight > 0 ? [{ format, weight: range.weight }] : [];
  });
  const best = known.reduce<{ format: Format; weight: number } | undefined>(
    (chosen, next) => (chosen === undefined || next.weight > chosen.weight ? next : chosen),
    undefined,
  );
  return best?.format ?? 'prometheus';
}

/** The longest Accept value that is read. */
const MAX_LENGTH = 2000;

const rangesOf = (accept: string): Range[] =>
  accept
    .slice(0, MAX_LENGTH)
    .split(',')
    .map((text) => {
      const [type = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
      const parameters = new Map(rest.map((part) => pairOf(part)));
      const weight = Number(parameters.get('q') ?? 1);
      return { type, parameters, weight: Number.isFinite(weight) ? weight : 0 };
    });

function pairOf(part: string): [string, string] {
  const [name = '', value = ''] = part.split('=');
  return [name.trim(), value.trim().replaceAll('"', '')];
}

function formatOf({ type, parameters }: Range): Format | undefined {
  if (type === 'application/json') return 'json';
  const version = parameters.get('version');
  if (type === 'application/openmetrics-text')
    return version === undefined || version === '1.0.0' ? 'openmetrics' : undefined;
  if (type === '*/*' || type === 'text/*') return 'prometheus';
  return type === 'text/plain' && (version === undefined || version === '0.0.4') ? 'prometheus' : undefined;
}
