import type { ReactElement } from 'react';
import type { Usage } from '../api/types';
import { compact, count, percent, usd } from '../format/number';
import { against } from './metrics';

interface FigureProps {
  label: string;
  value: string;
  title?: string;
  change?: string | undefined;
  note: string;
}

const Figure = ({ label, value, title, change, note }: FigureProps): ReactElement => (
  <div className="rounded-card border border-line bg-surface px-4 py-3">
    <dt className="text-soft text-[0.8125rem]">{label}</dt>
    <dd>
      <span className="block text-[1.625rem] font-[620] tabular-nums leading-tight mt-1" title={title}>
        {value}
      </span>
      <span className="block text-xs text-soft">{note}</span>
      {change !== undefined && <span className="block text-xs text-soft">{change} against the period before</span>}
    </dd>
  </div>
);

const share = (part: number, whole: number): string => (whole === 0 ? 'none' : percent(part / whole));

/** The sums of the period. */
export function Figures({ usage: { totals, before } }: { usage: Usage }): ReactElement {
  const { requests, failed, input_tokens: input, output_tokens: output } = totals;
  return (
    <dl className="grid grid-cols-2 lg:grid-cols-4 gap-3 mb-4">
      <Figure
        label="Cost"
        value={usd(totals.cost_micro_usd)}
        note={`${count(totals.unpriced_requests)} requests without a price`}
        change={against(totals.cost_micro_usd, before?.cost_micro_usd)}
      />
      <Figure
        label="Requests"
        value={compact(requests)}
        title={count(requests)}
        note={`${count(failed)} of them failed`}
        change={against(requests, before?.requests)}
      />
      <Figure
        label="Input tokens"
        value={compact(input)}
        title={count(input)}
        note={`${share(totals.cached_input_tokens, input)} of them cached`}
        change={against(input, before?.input_tokens)}
      />
      <Figure
        label="Output tokens"
        value={compact(output)}
        title={count(output)}
        note={`${share(totals.reasoning_tokens, output)} of them reasoning`}
        change={against(output, before?.output_tokens)}
      />
    </dl>
  );
}
