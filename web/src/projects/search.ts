import { oneOf, type RawSearch, text, whole } from '../format/search';
import type { SortText } from '../ui/table/columns';

export const PROJECT_STATUSES = ['active', 'inactive', 'deleted'] as const;
const SORTED = ['name', 'created_at', 'updated_at'] as const;
export type ProjectSort = (typeof SORTED)[number];
export const PROJECT_SIZES = [10, 25, 50, 100] as const;

export interface ProjectsSearch {
  page?: number | undefined;
  size?: number | undefined;
  search?: string | undefined;
  status?: (typeof PROJECT_STATUSES)[number] | undefined;
  sort?: SortText<ProjectSort> | undefined;
}

const sortOf = (value: unknown): ProjectsSearch['sort'] =>
  SORTED.flatMap((by) => [by, `-${by}`] as const).find((sort) => sort === text(value));

/** What of the parameters of a URL this page knows; the rest is left out. */
export const projectsSearch = (raw: RawSearch): ProjectsSearch => ({
  page: whole(raw['page']),
  size: PROJECT_SIZES.find((size) => size === whole(raw['size'])),
  search: text(raw['search']),
  status: oneOf(raw['status'], PROJECT_STATUSES),
  sort: sortOf(raw['sort']),
});
