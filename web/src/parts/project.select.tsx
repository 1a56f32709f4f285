import type { ReactElement } from 'react';
import { Select } from '../ui/form/select';
import { useProject, useProjects } from './project.options';

export interface ProjectSelectProps {
  /** The id of the chosen one; undefined for all. */
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

const ALL = 'all';

/** One project, or all of them. */
export function ProjectSelect({ value, onChange }: ProjectSelectProps): ReactElement {
  const { data, isPending } = useProjects();
  const isListed = isPending || data?.some(({ id }) => id === value);
  // One that is deleted, or behind the first hundred.
  const other = useProject(isListed ? undefined : value);
  const hidden = value === undefined || isListed ? [] : [{ id: value, text: other.data?.name ?? value }];
  return (
    <Select
      label="Project"
      options={[{ id: ALL, text: 'All' }, ...hidden, ...(data ?? []).map(({ id, name }) => ({ id, text: name }))]}
      value={value ?? ALL}
      onChange={(id) => onChange(id === ALL ? undefined : id)}
    />
  );
}
