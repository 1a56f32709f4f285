import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { BarChart3, Download } from 'lucide-react';
import type { Usage } from '../api/types';
import { Legend } from '../chart/legend';
import { Palette, type Series } from '../chart/series';
import { count, usd } from '../format/number';
import { Button } from '../ui/button';
import { buttonClass } from '../ui/button.class';
import { Card } from '../ui/card';
import { PageHead } from '../ui/page.head';
import { Empty, Fault, Loading } from '../ui/state';
import { Figures } from './figures';
import { FORMATS, GROUP_TEXTS, METRIC_TEXTS } from './metrics';
import { labelsOf } from './range';
import type { UsageSearch } from './search';
import { Scope, UsageControls } from './usage.controls';
import { UsageCommand } from './usage.command';
import { csvAddress, useUsage } from './usage.query';
import { UsageTable } from './usage.table';
import { keptZone } from './zone';

const TimeChart = lazy(async () => ({ default: (await import('../chart/time.chart')).TimeChart }));
const CHART_HEIGHT = 300;

const route = getRouteApi('/inside/usage');

interface ViewProps {
  usage: Usage;
  search: UsageSearch;
  set: (more: UsageSearch) => void;
}

/** The series with their colours, which they keep while the view lives. */
function useSeries(usage: Usage, group: string): Series[] {
  const [palette] = useState(() => new Palette());
  return useMemo(() => {
    const colors = palette.of(
      group,
      usage.series.map(({ key }) => key),
    );
    return usage.series.map(({ key, name }) => ({ key, name, color: colors.get(key)! }));
  }, [palette, usage, group]);
}

function Chart({ usage, series, search, set }: ViewProps & { series: readonly Series[] }): ReactElement {
  const { metric = 'cost', group_by: group = 'project' } = search;
  const { interval, tz } = usage;
  const points = useMemo(() => {
    const label = labelsOf(interval, tz);
    return usage.points.map((point) => ({ ...point, label: label(point.at) }));
  }, [usage, interval, tz]);
  const mark = (first: number, last: number): void =>
    set({ from: points[first]!.at, to: points[last + 1]?.at ?? usage.to, interval: undefined });
  const by = group === 'none' ? '' : ` and ${GROUP_TEXTS[group].toLowerCase()}`;
  return (
    <Card className="mb-4">
      <Suspense fallback={<div style={{ height: CHART_HEIGHT }} />}>
        <TimeChart
          title={`${METRIC_TEXTS[metric]} by ${interval}${by}`}
          unit={metric === 'cost' ? '' : metric}
          series={series}
          points={points}
          format={FORMATS[metric]}
          height={CHART_HEIGHT}
          onMark={mark}
        />
      </Suspense>
      <Legend series={series} isCompared={usage.before !== undefined} />
    </Card>
  );
}

/** What the figures are, and what they leave out. */
function Notes({ usage: { totals, tz, prices_as_of: prices } }: { usage: Usage }): ReactElement {
  const { estimated_requests: estimated, unpriced_requests: unpriced, unknown_requests: unknown } = totals;
  return (
    <ul className="mt-4 text-[0.8125rem] text-soft grid gap-1 list-disc pl-5 marker:text-faint">
      <li>Times are those of {tz}. Tokens are as the provider reported them.</li>
      <li>
        Cost is the list price of the day of use
        {prices !== null && <>; the prices are of {prices}</>}.
        {unpriced > 0 && ` ${count(unpriced)} requests have no price: their cost is unknown, not zero.`}
      </li>
      {estimated > 0 && (
        <li>
          The tokens of {count(estimated)} requests are estimated and not in these sums: about{' '}
          {count(totals.estimated_input_tokens)} in, {count(totals.estimated_output_tokens)} out,{' '}
          {usd(totals.estimated_cost_micro_usd)}.
        </li>
      )}
      {unknown > 0 && <li>The usage of {count(unknown)} requests is unknown.</li>}
    </ul>
  );
}

function View({ usage, search, set }: ViewProps): ReactElement {
  const { metric = 'cost', group_by: group = 'project' } = search;
  const series = useSeries(usage, group);
  return (
    <>
      <Figures usage={usage} />
      {usage.totals.requests === 0 ? (
        <Empty
          icon={<BarChart3 size={28} />}
          title="No request in this period"
          text="Nothing was used, so nothing was paid."
        />
      ) : (
        <>
          <Chart usage={usage} series={series} search={search} set={set} />
          <UsageTable usage={usage} series={series} group={group} metric={metric} search={search} />
        </>
      )}
      <Notes usage={usage} />
    </>
  );
}

export default function UsagePage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const usage = useUsage(search);
  const zone = search.tz ?? keptZone();
  // The zone is in the link, so that who opens it sees the same days.
  const set = (more: UsageSearch): void => void navigate({ to: '/usage', search: { ...search, tz: zone, ...more } });
  return (
    <>
      <PageHead tab="Usage and cost" lead="Tokens as the provider reported them; cost at list prices.">
        <a href={csvAddress(search)} download className={buttonClass()}>
          <Download size={14} aria-hidden />
          Export CSV
        </a>
      </PageHead>
      <UsageControls search={search} zone={zone} range={usage.data} set={set} />
      <Scope search={search} set={set} />
      {usage.isError && <Fault fault={usage.error} retry={() => void usage.refetch()} />}
      {usage.isError && search.from !== undefined && (
        <Button className="mt-2" onPress={() => set({ from: undefined, to: undefined, interval: undefined })}>
          Show the last 30 days
        </Button>
      )}
      {usage.isPending && <Loading />}
      {usage.data !== undefined && (
        <div className={usage.isPlaceholderData ? 'opacity-60' : ''} aria-busy={usage.isPlaceholderData}>
          <View usage={usage.data} search={search} set={set} />
        </div>
      )}
      <div className="mt-4">
        <UsageCommand search={search} />
      </div>
    </>
  );
}
