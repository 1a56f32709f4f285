import { oneOf, type RawSearch, text, whole } from '../format/search';

export const PROJECT_STATUSES = ['active', 'inactive', 'deleted'] as const;

export interface ProjectsSearch {
  page?: number | undefined;
  size?: number | undefined;
  search?: string | undefined;
  status?: (typeof PROJECT_STATUSES)[number] | undefined;
  sort?: string | undefined;
}

export const projectsSearch = (raw: RawSearch): ProjectsSearch => ({
  page: whole(raw['page']),
  size: whole(raw['size']),
  search: text(raw['search']),
  status: oneOf(raw['status'], PROJECT_STATUSES),
  sort: text(raw['sort']),
});

export interface ProjectSearch {
  tab?: string | undefined;
}

export const projectSearch = (raw: RawSearch): ProjectSearch => ({ tab: text(raw['tab']) });
