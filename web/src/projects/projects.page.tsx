import type { ReactElement } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { FolderKey, Plus } from 'lucide-react';
import { api, listPage } from '../api/client';
import { may } from '../api/may';
import { useMe } from '../api/me';
import { Button } from '../ui/button';
import { buttonClass } from '../ui/button.class';
import { SearchField } from '../ui/form/search.field';
import { Select } from '../ui/form/select';
import { PageHead } from '../ui/page.head';
import { Empty, Fault } from '../ui/state';
import { readSort, writeSort } from '../ui/table/columns';
import { DataTable } from '../ui/table/data.table';
import { PROJECT_COLUMNS, ProjectCard } from './project.columns';
import { PROJECT_SIZES, PROJECT_STATUSES, type ProjectsSearch } from './search';

const route = getRouteApi('/inside/projects');
const SIZE = 10;
const STATUS_OPTIONS = [
  { id: 'all', text: 'All' },
  { id: 'active', text: 'Active' },
  { id: 'inactive', text: 'Inactive' },
  { id: 'deleted', text: 'Deleted' },
];

function useProjectList({ page = 1, size = SIZE, ...filters }: ProjectsSearch) {
  const query = { page, page_size: size, sort: filters.sort ?? '-created_at', ...filters, include: 'figures' } as const;
  return useQuery({
    queryKey: ['/manage/projects', query],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => listPage(await api.GET('/manage/projects', { params: { query }, signal })),
  });
}

const NewProject = ({ text }: { text: string }): ReactElement => (
  <Link to="/projects/new" className={buttonClass('primary')}>
    <Plus size={15} aria-hidden />
    {text}
  </Link>
);

interface FiltersProps {
  search: ProjectsSearch;
  set: (more: ProjectsSearch) => void;
}

const Filters = ({ search, set }: FiltersProps): ReactElement => (
  <div className="flex flex-wrap items-end gap-2 mb-3">
    <SearchField
      label="Search projects"
      placeholder="A part of the name"
      value={search.search ?? ''}
      onChange={(text) => set({ search: text === '' ? undefined : text })}
    />
    <Select
      label="Status"
      options={STATUS_OPTIONS}
      value={search.status ?? 'all'}
      onChange={(id) => set({ status: PROJECT_STATUSES.find((status) => status === id) })}
    />
    <Select
      label="Rows"
      options={PROJECT_SIZES.map((size) => ({ id: String(size), text: String(size) }))}
      value={String(search.size ?? SIZE)}
      onChange={(id) => set({ size: id === String(SIZE) ? undefined : Number(id) })}
    />
  </div>
);

function NoProjects({ search, set, isAdmin }: FiltersProps & { isAdmin: boolean }): ReactElement {
  const names = [
    search.search === undefined ? undefined : `the text “${search.search}”`,
    search.status === undefined ? undefined : `the status “${search.status}”`,
  ].filter((name) => name !== undefined);
  if (names.length > 0)
    return (
      <Empty
        icon={<FolderKey size={28} />}
        title="Nothing found"
        text={`No project has ${names.join(' and ')}.`}
        action={<Button onPress={() => set({ search: undefined, status: undefined })}>Show all projects</Button>}
      />
    );
  return (
    <Empty
      icon={<FolderKey size={28} />}
      title="No project yet"
      text="Give the proxy an upstream key; it stays here, encrypted, and no app sees it."
      action={isAdmin && <NewProject text="Create the first project" />}
    />
  );
}

export default function ProjectsPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const isAdmin = may(useMe(), 'admin');
  const list = useProjectList(search);
  const { page = 1, size = SIZE } = search;
  const set = (more: ProjectsSearch): void =>
    void navigate({ to: '/projects', search: { ...search, page: undefined, ...more }, replace: 'search' in more });
  return (
    <>
      <PageHead tab="Projects" lead="A project holds one upstream key. Its tokens are what apps get instead.">
        {isAdmin && <NewProject text="New project" />}
      </PageHead>
      <Filters search={search} set={set} />
      {list.isError && <Fault fault={list.error} retry={() => void list.refetch()} />}
      {(!list.isError || list.data !== undefined) && (
        <DataTable
          caption="Projects"
          rows={list.data?.rows ?? []}
          columns={PROJECT_COLUMNS}
          total={list.data?.total ?? 0}
          page={page}
          size={size}
          onPage={(to) => set({ page: to === 1 ? undefined : to })}
          isBusy={list.isPending || list.isPlaceholderData}
          sort={readSort(search.sort ?? '-created_at')}
          onSort={(sort) => set({ sort: writeSort(sort) })}
          card={(project) => <ProjectCard project={project} />}
          empty={<NoProjects search={search} set={set} isAdmin={isAdmin} />}
        />
      )}
    </>
  );
}
