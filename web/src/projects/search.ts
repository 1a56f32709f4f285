import { oneOf, type RawSearch, text, whole } from '../format/search';

export const PROJECT_STATUSES = ['active', 'inactive', 'deleted'] as const;
export const PROJECT_SORTS = ['name', '-name', 'created_at', '-created_at', 'updated_at', '-updated_at'] as const;
export const PROJECT_SIZES = [10, 25, 50, 100] as const;

export interface ProjectsSearch {
  page?: number | undefined;
  size?: number | undefined;
  search?: string | undefined;
  status?: (typeof PROJECT_STATUSES)[number] | undefined;
  sort?: (typeof PROJECT_SORTS)[number] | undefined;
}

export const projectsSearch = (raw: RawSearch): ProjectsSearch => ({
  page: whole(raw['page']),
  size: PROJECT_SIZES.find((size) => size === whole(raw['size'])),
  search: text(raw['search']),
  status: oneOf(raw['status'], PROJECT_STATUSES),
  sort: oneOf(raw['sort'], PROJECT_SORTS),
});

export interface ProjectSearch {
  tab?: string | undefined;
}

export const projectSearch = (raw: RawSearch): ProjectSearch => ({ tab: text(raw['tab']) });
