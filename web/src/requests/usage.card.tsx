import type { ReactElement } from 'react';
import type { RequestDetail } from '../api/types';
import { count } from '../format/number';
import { Card } from '../ui/card';
import { Fact } from '../ui/fact';

const FIGURES = [
  ['input', 'Input tokens'],
  ['cached', 'of them cached'],
  ['output', 'Output tokens'],
  ['reasoning', 'of them reasoning'],
  ['total', 'Total, as reported'],
  ['seconds', 'Seconds'],
] as const;

const SOURCES = {
  provider: 'As the provider reported them.',
  estimated: 'Estimated by the proxy: the provider reported none.',
  none: 'Unknown.',
} as const;

const REASONS: Record<string, string> = {
  refused: 'It was not served, so nothing was used.',
  free: 'This endpoint uses nothing that is billed.',
  read: 'It read what another request made.',
  not_final: 'The work is not finished.',
  later: 'The figures come later, with the work that it made.',
  not_asked: 'The stream did not ask for usage.',
};

/** Reasons why there is nothing to pay. */
const FREE: ReadonlySet<string> = new Set(['refused', 'free', 'read']);

/** Nano-dollars with all the digits that count. */
const price = (nano: number): string => `$${(nano / 1e9).toFixed(6).replace(/(\.\d\d\d*?)0+$/, '$1')}`;

/** Tokens and cost of a request, and where the figures are from. */
export function UsageCard({ request }: { request: RequestDetail }): ReactElement {
  const { usage, cost_nano_usd: cost, price_version: prices } = request;
  const figures = FIGURES.flatMap(([name, text]) => {
    const value = usage?.[name];
    return value === undefined ? [] : [[name, text, value] as const];
  });
  const reason = usage?.reason === undefined ? undefined : REASONS[usage.reason];
  return (
    <Card title="Usage and cost">
      <dl>
        {figures.map(([name, text, value]) => (
          <Fact key={name} label={text}>
            <span className="tabular-nums">{count(value)}</span>
          </Fact>
        ))}
        <Fact label="Source">{reason ?? SOURCES[usage?.source ?? 'none']}</Fact>
        <Fact label="Cost">
          {cost === undefined ? (
            <span className="text-soft">
              {FREE.has(usage?.reason ?? '') ? 'None.' : 'No price is known for it; that is not zero.'}
            </span>
          ) : (
            <>
              <span className="tabular-nums">{price(cost)}</span>
              <span className="text-soft"> list price{prices !== undefined && ` of ${prices}`}</span>
            </>
          )}
        </Fact>
      </dl>
    </Card>
  );
}
