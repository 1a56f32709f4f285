import type { ReactElement } from 'react';
import type { Overview } from '../api/types';
import { compact, count, usd } from '../format/number';
import { changeOf } from './change';
import { Figure } from './figure';

const UNKNOWN = 'not known: events are off, or cannot be read now';

/** What is said beside the change against the day before. */
function against(now: number | null, before: number | null, otherwise: string): string {
  if (now === null) return UNKNOWN;
  return before === 0 ? 'none the day before' : otherwise;
}

function Requests({ overview }: { overview: Overview }): ReactElement {
  const { requests_24h: now, requests_before: before } = overview;
  return (
    <Figure
      label="Requests"
      value={now === null ? '–' : compact(now)}
      {...(now !== null && { exact: count(now) })}
      change={changeOf(now, before)}
      note={against(now, before, 'against the day before')}
      link={{ to: '/requests' }}
    />
  );
}

function Cost({ overview }: { overview: Overview }): ReactElement {
  const { cost_24h_micro_usd: now, cost_before_micro_usd: before, unpriced_24h: unpriced } = overview;
  const price = against(now, before, 'against the day before, at list prices');
  return (
    <Figure
      label="Cost"
      value={now === null ? '–' : usd(now)}
      change={changeOf(now, before)}
      note={
        <>
          {price}
          {unpriced !== null && unpriced > 0 && <span className="block">and {count(unpriced)} without a price</span>}
        </>
      }
      link={{ to: '/usage' }}
    />
  );
}

/** Withering tokens are usable too. */
function Tokens({ overview: { tokens } }: { overview: Overview }): ReactElement {
  return (
    <Figure
      label="Active tokens"
      value={compact(tokens.active + tokens.withering)}
      exact={count(tokens.active + tokens.withering)}
      note={`of ${count(tokens.total)}, ${count(tokens.withering)} withering, ${count(tokens.expired)} expired`}
      link={{ to: '/tokens' }}
    />
  );
}

const Projects = ({ overview: { projects } }: { overview: Overview }): ReactElement => (
  <Figure
    label="Projects"
    value={count(projects.active)}
    note={`of ${count(projects.total)} can be used`}
    link={{ to: '/projects' }}
  />
);

/** The four figures on top. */
export const Figures = ({ overview }: { overview: Overview }): ReactElement => (
  <div className="grid grid-cols-4 max-lg:grid-cols-2 max-[21rem]:grid-cols-1 gap-3 mb-4">
    <Requests overview={overview} />
    <Cost overview={overview} />
    <Tokens overview={overview} />
    <Projects overview={overview} />
  </div>
);
