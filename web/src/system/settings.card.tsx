import type { ReactElement } from 'react';
import { Settings } from 'lucide-react';
import type { System } from '../api/types';
import { count } from '../format/number';
import { Badge } from '../ui/badge';
import { Card } from '../ui/card';
import { SearchField } from '../ui/form/search.field';
import { Switch } from '../ui/form/switch';
import { NothingFound } from '../ui/state';
import { type CardColumn, CardTable } from '../ui/table/card.table';
import type { SystemSearch } from './search';

type Setting = System['config'][number];

function Value({ setting: { secret, set, value } }: { setting: Setting }): ReactElement {
  if (secret) return set ? <Badge dot={false}>set</Badge> : <span className="text-faint">not set</span>;
  if (value === null) return <span className="text-faint">not set</span>;
  return <code className={`break-all ${set ? 'text-ink font-[560]' : ''}`}>{value}</code>;
}

const COLUMNS: CardColumn<Setting>[] = [
  { header: 'Variable', cell: ({ name }) => <code className="break-all">{name}</code> },
  { header: 'Value', cell: (setting) => <Value setting={setting} /> },
  { header: 'From', cell: ({ source }) => source },
  {
    header: 'Default',
    cell: ({ default: byDefault }) =>
      byDefault === null ? <span className="text-faint">none</span> : <code className="break-all">{byDefault}</code>,
  },
  {
    header: 'Other replicas',
    cell: ({ differs_on: names }) =>
      names.length === 0 ? (
        <span className="text-faint">the same</span>
      ) : (
        <Badge tone="warn">differs on {names.join(', ')}</Badge>
      ),
  },
];

const isShown = ({ name, set, differs_on: names }: Setting, { filter = '', changed }: SystemSearch): boolean =>
  name.toLowerCase().includes(filter.trim().toLowerCase()) && (!changed || set || names.length > 0);

export interface SettingsCardProps {
  config: System['config'];
  search: SystemSearch;
  onSearch: (search: SystemSearch) => void;
}

/** Every variable: its value, where it is from, and where it is another one. Of a secret, whether it is set. */
export function SettingsCard({ config, search, onSearch }: SettingsCardProps): ReactElement {
  const rows = config.filter((setting) => isShown(setting, search));
  const filters = [
    ...(search.filter === undefined ? [] : [`“${search.filter}” in their name`]),
    ...(search.changed ? ['another value than their default'] : []),
  ];
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          <Settings size={16} aria-hidden className="text-soft" />
          Configuration
        </span>
      }
      pad={false}
    >
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2 px-4 pb-3">
        <SearchField
          label="Filter variables"
          placeholder="A part of the name"
          value={search.filter ?? ''}
          onChange={(filter) => onSearch({ ...search, filter: filter === '' ? undefined : filter })}
        />
        <Switch
          isSelected={search.changed ?? false}
          onChange={(changed) => onSearch({ ...search, changed: changed ? true : undefined })}
        >
          Only what is set or differs
        </Switch>
        <span role="status" className="text-soft text-[0.8125rem]">
          {count(rows.length)} of {count(config.length)}
        </span>
      </div>
      {rows.length === 0 ? (
        <div className="px-4 pb-4">
          <NothingFound
            what="variables"
            filters={filters}
            onClear={() => onSearch({ filter: undefined, changed: undefined })}
          />
        </div>
      ) : (
        <CardTable caption="Configuration" rows={rows} keyOf={({ name }) => name} columns={COLUMNS} />
      )}
    </Card>
  );
}
