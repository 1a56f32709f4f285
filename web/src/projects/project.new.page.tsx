import type { ReactElement } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { api, body } from '../api/client';
import { Allowed } from '../parts/allowed';
import { changed } from '../parts/changed';
import { AsCommand } from '../parts/command';
import { curlCall } from '../parts/command.line';
import { toast } from '../ui/overlay/toast';
import { PageHead } from '../ui/page.head';
import { ProjectForm, type ProjectValues } from './project.form';

const CURL = curlCall('POST', '/manage/projects', { name: 'search-team', api_key: '$OPENAI_API_KEY' });

export default function ProjectNewPage(): ReactElement {
  const navigate = useNavigate();
  const save = async ({ name, apiKey, baseUrl, provider }: ProjectValues): Promise<void> => {
    const project = body(
      await api.POST('/manage/projects', {
        body: {
          name,
          api_key: apiKey,
          ...(baseUrl === null ? {} : { base_url: baseUrl }),
          ...(provider === null ? {} : { provider }),
        },
      }),
    );
    changed();
    toast('Project created', project.name);
    await navigate({ to: '/projects/$id', params: { id: project.id } });
  };
  return (
    <>
      <PageHead tab="New project" lead="A project holds one upstream key. Apps get tokens of it instead." />
      <Allowed needs="admin" what="create projects">
        <div className="grid gap-4">
          <ProjectForm verb="Create Project" busyVerb="Creating…" save={save} />
          <AsCommand curl={CURL} />
        </div>
      </Allowed>
    </>
  );
}
