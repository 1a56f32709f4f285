import type { ReactElement } from 'react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { api } from '../api/client';
import type { Project } from '../api/types';
import { Allowed } from '../parts/allowed';
import { changed, tellReplicas, WAIT } from '../parts/changed';
import { useProject } from '../parts/project.options';
import { toast } from '../ui/overlay/toast';
import { PageHead } from '../ui/page.head';
import { Fault, Loading } from '../ui/state';
import { ProjectForm, type ProjectValues } from './project.form';

const route = getRouteApi('/inside/projects/$id/edit');

/** What differs: a key that was left blank is kept. */
const changes = (project: Project, { name, apiKey, baseUrl, provider, isActive }: ProjectValues) => ({
  ...(name === project.name ? {} : { name }),
  ...(apiKey === '' ? {} : { api_key: apiKey }),
  ...(baseUrl === project.base_url ? {} : { base_url: baseUrl }),
  ...(provider === project.provider ? {} : { provider }),
  ...(isActive === project.is_active ? {} : { is_active: isActive }),
});

export default function ProjectEditPage(): ReactElement {
  const { id } = route.useParams();
  const project = useProject(id);
  const navigate = useNavigate();
  const save = async (values: ProjectValues): Promise<void> => {
    const more = changes(project.data!, values);
    if (Object.keys(more).length === 0) toast('Nothing was changed');
    else {
      const params = { path: { id }, query: WAIT };
      const { response } = await api.PATCH('/manage/projects/{id}', { params, body: more });
      changed();
      tellReplicas('Project updated', response);
    }
    await navigate({ to: '/projects/$id', params: { id } });
  };
  return (
    <>
      <PageHead tab="Edit project" {...(project.data === undefined ? {} : { lead: project.data.name })} />
      {project.isPending && <Loading />}
      {project.isError && <Fault fault={project.error} retry={() => void project.refetch()} />}
      {project.data !== undefined && (
        <Allowed needs="admin" what="change projects">
          <ProjectForm
            key={project.data.id}
            project={project.data}
            verb="Update Project"
            busyVerb="Updating…"
            save={save}
          />
        </Allowed>
      )}
    </>
  );
}
