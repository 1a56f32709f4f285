import type { ReactElement } from 'react';
import type { Overview } from '../api/types';
import { ms } from '../format/number';
import { Ago } from '../format/time';
import { Card } from '../ui/card';
import { Failures } from './failures';

/** With two digits below ten milliseconds: the proxy adds little. */
const fine = (milliseconds: number): string => (milliseconds < 10 ? `${milliseconds.toFixed(2)} ms` : ms(milliseconds));

function Overhead({ overview }: { overview: Overview }): ReactElement {
  const { overhead_p50_ms: median, overhead_p99_ms: most, overhead_since: since } = overview;
  if (median === undefined || most === undefined || since === undefined)
    return <p className="text-soft text-[0.8125rem]">Nothing is measured yet: no request, or metrics are off.</p>;
  return (
    <>
      <p className="text-[1.625rem] leading-tight font-[640] tracking-[-0.02em] tabular-nums">{fine(median)}</p>
      <p className="text-soft text-[0.8125rem]">
        median before the upstream sees a request; 99 of 100 within {fine(most)}. Every request of this server since its
        start, <Ago at={since} />.
      </p>
    </>
  );
}

/** What the proxy costs in time, and what failed. */
export const OverheadCard = ({ overview }: { overview: Overview }): ReactElement => (
  <Card title="What the proxy adds">
    <Overhead overview={overview} />
    <Failures overview={overview} />
  </Card>
);
