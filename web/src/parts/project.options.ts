import { useQuery } from '@tanstack/react-query';
import { api, body } from '../api/client';
import type { Project } from '../api/types';

/** A project by its id. */
export const useProject = (id: string | undefined) =>
  useQuery({
    queryKey: ['/manage/projects/{id}', { id }],
    enabled: id !== undefined,
    queryFn: async ({ signal }): Promise<Project> =>
      body(await api.GET('/manage/projects/{id}', { params: { path: { id: id! } }, signal })),
  });

/** The first hundred projects by name, for a choice. */
export const useProjects = () =>
  useQuery({
    queryKey: ['/manage/projects', { page_size: 100, sort: 'name' }],
    queryFn: async ({ signal }): Promise<Project[]> =>
      body(await api.GET('/manage/projects', { params: { query: { page_size: 100, sort: 'name' } }, signal })),
  });
