import type { ReactElement } from 'react';
import type { RequestDetail } from '../api/types';
import { ms, percent } from '../format/number';
import { Card } from '../ui/card';
import { ours, type Phase, phasesOf } from './phases';

/** Narrower ones would not be seen. */
const LEAST = 0.4;

const exact = (n: number): string => (n < 10 ? `${n.toFixed(1)} ms` : ms(n));

function Bar({ phase: { from, to, isOurs }, whole }: { phase: Phase; whole: number }): ReactElement {
  const left = Math.min(100 - LEAST, (from / whole) * 100);
  const width = Math.min(100 - left, Math.max(LEAST, ((to - from) / whole) * 100));
  return (
    <span aria-hidden className="block h-3 rounded-full bg-sunken overflow-hidden">
      <span
        className={`block h-full rounded-full ${isOurs ? 'bg-straw-fill' : 'bg-leaf'}`}
        style={{ marginLeft: `${left}%`, width: `${width}%` }}
      />
    </span>
  );
}

/** Where the time went. What the proxy itself took has its own colour, and its sum. */
export function Waterfall({ request }: { request: RequestDetail }): ReactElement {
  const phases = phasesOf(request);
  const whole = Math.max(0.001, ...phases.map(({ to }) => to));
  const sum = ours(phases);
  return (
    <Card title="Where the time went">
      {phases.length === 0 ? (
        <p className="text-soft">Nothing is known of its times.</p>
      ) : (
        <>
          <ol className="grid gap-2.5">
            {phases.map((phase) => (
              <li
                key={phase.id}
                className="grid grid-cols-[18rem_1fr_9rem] max-lg:grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1"
              >
                <span>
                  {phase.text}
                  {phase.isOurs && <span className="text-straw text-xs"> · ours</span>}
                </span>
                <span className="max-lg:order-3 max-lg:col-span-2">
                  <Bar phase={phase} whole={whole} />
                </span>
                <span className="text-right tabular-nums whitespace-nowrap">
                  {exact(phase.to - phase.from)}
                  <span className="text-faint"> at {exact(phase.to)}</span>
                </span>
              </li>
            ))}
          </ol>
          <p className="mt-3 text-soft">
            The proxy itself took <strong className="text-ink">{exact(sum)}</strong> of {exact(whole)}
            {whole > 1 && `, ${percent(sum / whole, 1)}`}.
          </p>
        </>
      )}
    </Card>
  );
}
