import type { ReactElement } from 'react';
import { Time } from '../format/time';
import { useProject } from '../parts/project.options';
import { statusWords } from '../parts/token/token.state';
import { useTokenLookup } from '../parts/token/use.token.lookup';
import { Chip } from '../ui/chip';
import { SearchField } from '../ui/form/search.field';
import { Select } from '../ui/form/select';
import { ColumnsMenu } from './optional.columns';
import { TOKEN_STATUSES, type TokensSearch } from './search';

const DAY_MS = 86_400_000;
const DAYS = [1, 7, 30, 90] as const;

const days = DAYS.map((day) => ({ id: String(day), text: day === 1 ? '1 day' : `${day} days` }));
/** An instant so many days away, to the minute. */
const away = (day: number): string => `${new Date(Date.now() + day * DAY_MS).toISOString().slice(0, 16)}:00Z`;

export interface FiltersProps {
  search: TokensSearch;
  set: (more: TokensSearch) => void;
}

function Chips({ search, set }: FiltersProps): ReactElement | null {
  const project = useProject(search.project_id);
  const { project_id: projectId, unused_since: unused, expires_before: expires } = search;
  if (projectId === undefined && unused === undefined && expires === undefined) return null;
  return (
    <div className="flex flex-wrap gap-2 mb-3">
      {projectId !== undefined && (
        <Chip label="Show all projects" onClear={() => set({ project_id: undefined })}>
          Project: {project.data?.name ?? projectId}
        </Chip>
      )}
      {unused !== undefined && (
        <Chip label="Show used ones too" onClear={() => set({ unused_since: undefined })}>
          <span>
            Unused since <Time at={unused} />
          </span>
        </Chip>
      )}
      {expires !== undefined && (
        <Chip label="Show later ones too" onClear={() => set({ expires_before: undefined })}>
          <span>
            Expires before <Time at={expires} />
          </span>
        </Chip>
      )}
    </div>
  );
}

/** What the list is cut by. All of it is in the URL. */
export function TokenFilters({ search, set }: FiltersProps): ReactElement {
  const { lookUp, note } = useTokenLookup(() => undefined);
  return (
    <>
      <div className="flex flex-wrap items-end gap-2 mb-3">
        <SearchField
          label="Search tokens"
          placeholder="Name, id or display form"
          value={search.search ?? ''}
          onChange={(text) => set({ search: text === '' ? undefined : text })}
          onSecret={lookUp}
        />
        <Select
          label="Status"
          options={[{ id: 'all', text: 'All' }, ...TOKEN_STATUSES.map((id) => ({ id, text: statusWords(id) }))]}
          value={search.status ?? 'all'}
          onChange={(id) => set({ status: TOKEN_STATUSES.find((status) => status === id) })}
        />
        <Select
          label="Unused for"
          placeholder="Any time"
          options={days}
          value={null}
          onChange={(id) => set({ unused_since: away(-Number(id)) })}
        />
        <Select
          label="Expires within"
          placeholder="Any time"
          options={days}
          value={null}
          onChange={(id) => set({ expires_before: away(Number(id)) })}
        />
        <ColumnsMenu columns={search.columns} onChange={(columns) => set({ columns, page: search.page })} />
      </div>
      {note !== undefined && (
        <p role="status" className="text-[0.8125rem] text-soft mb-3">
          {note}
        </p>
      )}
      <Chips search={search} set={set} />
    </>
  );
}

/** The filters in words, for a list that has nothing. */
export const filterWords = ({ search, status, project_id, unused_since, expires_before }: TokensSearch): string[] =>
  [
    search === undefined ? undefined : `the text “${search}”`,
    status === undefined ? undefined : `the status “${statusWords(status)}”`,
    project_id === undefined ? undefined : 'this project',
    unused_since === undefined ? undefined : 'no use since then',
    expires_before === undefined ? undefined : 'its end before then',
  ].filter((word) => word !== undefined);

export const NO_FILTERS: TokensSearch = {
  search: undefined,
  status: undefined,
  project_id: undefined,
  unused_since: undefined,
  expires_before: undefined,
};
