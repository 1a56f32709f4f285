import type { ReactElement, ReactNode } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { api, body } from '../api/client';
import type { Project } from '../api/types';
import { count } from '../format/number';
import { changed, tellReplicas, WAIT } from '../parts/changed';
import { AsCommand } from '../parts/command';
import { curlCall } from '../parts/command.line';
import { ConfirmEnd } from '../parts/running/confirm.end';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { toast } from '../ui/overlay/toast';
import { useUsableTokens } from './project.figures';

interface DeedProps {
  title: string;
  text: ReactNode;
  children: ReactNode;
}

const Deed = ({ title, text, children }: DeedProps): ReactElement => (
  <li className="flex flex-wrap items-center justify-between gap-3 py-3 border-t border-line first:border-t-0 first:pt-0">
    <span className="min-w-0 flex-1 basis-72">
      <h3 className="font-[560]">{title}</h3>
      <span className="text-soft text-[0.8125rem]">{text}</span>
    </span>
    {children}
  </li>
);

async function setActive({ id, name }: Project, isActive: boolean): Promise<void> {
  const params = { path: { id }, query: WAIT };
  const { response } = await api.PATCH('/manage/projects/{id}', { params, body: { is_active: isActive } });
  changed();
  tellReplicas(isActive ? `${name} is active again` : `${name} is deactivated`, response);
}

const activate = (project: Project): void =>
  void setActive(project, true).catch((fault: Error) => toast('Not activated', fault.message, { isBad: true }));

const tokensAre = (usable: number | undefined): string => {
  if (usable === undefined) return 'Its tokens are';
  return usable === 1 ? 'Its one active token is' : `Its ${count(usable)} active tokens are`;
};

const Activity = ({ project, usable }: { project: Project; usable: number | undefined }): ReactElement =>
  project.is_active ? (
    <Deed title="Deactivate" text="All of its tokens are refused until it is activated again.">
      <ConfirmEnd
        scope={{ projectId: project.id }}
        trigger={<Button kind="danger-quiet">Deactivate</Button>}
        title={`Deactivate ${project.name}?`}
        verb="Deactivate"
        consequences={(ends) => [
          `${tokensAre(usable)} refused from the next request on.`,
          ends,
          'No token is revoked: activating the project brings them back.',
        ]}
        run={() => setActive(project, false)}
      />
    </Deed>
  ) : (
    <Deed title="Activate" text="Its tokens, revoked ones apart, can be used again.">
      <Button onPress={() => activate(project)}>Activate</Button>
    </Deed>
  );

function RevokeAll({ project, usable }: { project: Project; usable: number | undefined }): ReactElement {
  const { id, name } = project;
  const run = async (): Promise<void> => {
    const answer = await api.POST('/manage/projects/{id}/tokens/revoke', { params: { path: { id }, query: WAIT } });
    const { revoked_count: revoked } = body(answer);
    changed();
    tellReplicas(`${count(revoked)} ${revoked === 1 ? 'token' : 'tokens'} revoked`, answer.response);
  };
  return (
    <Deed title="Revoke all tokens" text="Each of them, the ones that were never used too.">
      <ConfirmEnd
        scope={{ projectId: id }}
        trigger={<Button kind="danger-quiet">Revoke All Tokens</Button>}
        title={`Revoke all tokens of ${name}?`}
        verb="Revoke all"
        word={name}
        consequences={(ends) => [
          <>You are about to revoke ALL tokens of this project.</>,
          `${tokensAre(usable)} refused from the next request on: 401 token_inactive.`,
          ends,
          'Each can be reactivated by itself later; limits and counts stay.',
        ]}
        run={run}
      />
    </Deed>
  );
}

function Delete({ project, usable }: { project: Project; usable: number | undefined }): ReactElement {
  const { id, name } = project;
  const navigate = useNavigate();
  const run = async (): Promise<void> => {
    const { response } = await api.DELETE('/manage/projects/{id}', { params: { path: { id }, query: WAIT } });
    tellReplicas(`${name} is deleted`, response);
    await navigate({ to: '/projects' });
    changed();
  };
  return (
    <Deed title="Delete" text="Its key is erased. Requests, usage and audit rows stay.">
      <ConfirmEnd
        scope={{ projectId: id }}
        trigger={<Button kind="danger">Delete</Button>}
        title={`Delete ${name}?`}
        verb="Delete project"
        word={name}
        consequences={(ends) => [
          `${tokensAre(usable)} refused from the next request on, for good.`,
          ends,
          'The upstream key is erased from the database.',
          'It cannot be undone.',
        ]}
        run={run}
      />
    </Deed>
  );
}

const deactivation = ({ id }: Project) => ({
  cli: `llm-proxy manage project deactivate ${id} --revoke-tokens --wait-replicas`,
  curl: curlCall('PATCH', `/manage/projects/${id}?wait=replicas`, { is_active: false, revoke_tokens: true }),
});
const revocation = ({ id }: Project) => ({
  curl: curlCall('POST', `/manage/projects/${id}/tokens/revoke?wait=replicas`),
});

/** What takes a project's tokens away, from the mildest on. */
export function ProjectDanger({ project, isAdmin }: { project: Project; isAdmin: boolean }): ReactElement {
  const { data: usable } = useUsableTokens(project.id);
  return (
    <Card title="Danger zone">
      <ul>
        {isAdmin && <Activity project={project} usable={usable} />}
        <RevokeAll project={project} usable={usable} />
        {isAdmin && <Delete project={project} usable={usable} />}
      </ul>
      <AsCommand {...(isAdmin ? deactivation(project) : revocation(project))} />
    </Card>
  );
}
