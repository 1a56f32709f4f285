import type { ReactElement } from 'react';
import { ProjectSelect } from '../parts/project.select';
import { useToken } from '../parts/token/token.query';
import { Chip } from '../ui/chip';
import { Choice } from '../ui/form/choice';
import { Select } from '../ui/form/select';
import { Switch } from '../ui/form/switch';
import { GROUP_TEXTS, METRIC_TEXTS } from './metrics';
import { RangePicker, type RangePickerProps } from './range.picker';
import { GROUPS, type Interval, INTERVALS, METRICS, type UsageSearch } from './search';
import { keepZone, UTC, viewerZone } from './zone';

/** Tokens and cost are not summed by end: its sums are of requests. */
function grouped(id: string): UsageSearch {
  const group = GROUPS.find((one) => one === id);
  return group === 'end' ? { group_by: group, metric: 'requests' } : { group_by: group };
}

const INTERVAL_TEXTS: Record<Interval, string> = { hour: 'Hours', day: 'Days', month: 'Months' };

type ScopeProps = Pick<RangePickerProps, 'search' | 'set'>;

/** What else the sums are cut by. */
export function Scope({ search: { token_id, model }, set }: ScopeProps): ReactElement | null {
  const token = useToken(token_id);
  if (token_id === undefined && model === undefined) return null;
  return (
    <div className="flex flex-wrap gap-2 mb-4">
      {token_id !== undefined && (
        <Chip label="Show all tokens" onClear={() => set({ token_id: undefined })}>
          Token: {token.data?.name ?? token.data?.token ?? token_id}
        </Chip>
      )}
      {model !== undefined && (
        <Chip label="Show all models" onClear={() => set({ model: undefined })}>
          Model: {model}
        </Chip>
      )}
    </div>
  );
}

/** What is shown, from when, by what. All of it is in the URL. */
export function UsageControls({ search, range, zone, set }: RangePickerProps): ReactElement {
  const { group_by: group = 'project', metric = 'cost', compare } = search;
  const own = viewerZone();
  const zones = [...new Set([own, UTC, zone])].map((id) => ({ id, text: id }));
  return (
    <div className="grid gap-3 mb-4">
      <div className="flex flex-wrap items-center gap-2">
        <RangePicker search={search} range={range} zone={zone} set={set} />
        <Choice
          label="Points"
          value={range?.interval ?? ('' as Interval)}
          onChange={(id) => set({ interval: id })}
          options={INTERVALS.map((id) => [id, INTERVAL_TEXTS[id]])}
        />
        <span className="flex-1" />
        <Choice
          label="Show"
          value={metric}
          onChange={(id) => set({ metric: id })}
          options={METRICS.map((id) => [id, METRIC_TEXTS[id]])}
        />
        <Switch
          isSelected={compare === 'previous'}
          onChange={(isOn) => set({ compare: isOn ? 'previous' : undefined })}
        >
          Compare
        </Switch>
      </div>
      <div className="flex flex-wrap items-end gap-2">
        <ProjectSelect value={search.project_id} onChange={(id) => set({ project_id: id })} />
        <Select
          label="Group by"
          options={GROUPS.map((id) => ({ id, text: GROUP_TEXTS[id] }))}
          value={group}
          onChange={(id) => set(grouped(id))}
          className="min-w-32"
        />
        <Select
          label="Time zone"
          options={zones}
          value={zone}
          onChange={(id) => {
            keepZone(id);
            set({ tz: id });
          }}
          className="min-w-40"
        />
      </div>
    </div>
  );
}
