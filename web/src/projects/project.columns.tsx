import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import type { ListedProject, Project } from '../api/types';
import { Time } from '../format/time';
import type { Column } from '../ui/table/columns';
import { ListedCost, ListedRequests, ListedTokens } from './listed.figures';
import { ProjectBadge } from './project.state';
import type { ProjectSort } from './search';

const ProjectName = ({ project: { id, name } }: { project: Project }): ReactElement => (
  <Link
    to="/projects/$id"
    params={{ id }}
    className="inline-block align-middle font-[580] hover:underline underline-offset-2 truncate max-w-72"
  >
    {name}
  </Link>
);

/** A key as it is displayed. Operators who are no admins see none. */
export const UpstreamKey = ({ project: { api_key: key } }: { project: Project }): ReactElement =>
  key === null ? <span className="text-faint">not shown</span> : <code className="text-soft">{key}</code>;

/** The columns of a list of projects. */
export const PROJECT_COLUMNS: readonly Column<ListedProject, ProjectSort>[] = [
  { id: 'name', header: 'Name', sorts: true, cell: (project) => <ProjectName project={project} /> },
  { id: 'key', header: 'Upstream key', cell: (project) => <UpstreamKey project={project} /> },
  { id: 'status', header: 'Status', cell: (project) => <ProjectBadge project={project} /> },
  { id: 'tokens', header: 'Tokens', isRight: true, cell: (project) => <ListedTokens project={project} /> },
  { id: 'requests', header: 'Requests, 24 h', cell: (project) => <ListedRequests project={project} /> },
  { id: 'cost', header: 'Cost, 30 d', isRight: true, cell: (project) => <ListedCost project={project} /> },
  { id: 'created_at', header: 'Created', sorts: true, cell: ({ created_at: at }) => <Time at={at} /> },
];

/** A project on a phone. */
export const ProjectCard = ({ project }: { project: ListedProject }): ReactElement => (
  <div className="grid gap-2">
    <div className="flex items-start justify-between gap-3">
      <ProjectName project={project} />
      <ProjectBadge project={project} />
    </div>
    <dl className="grid grid-cols-[auto_1fr] items-center gap-x-3 gap-y-1 text-xs">
      <dt className="text-soft">Tokens</dt>
      <dd className="justify-self-end">
        <ListedTokens project={project} />
      </dd>
      <dt className="text-soft">Requests, 24 h</dt>
      <dd className="justify-self-end">
        <ListedRequests project={project} />
      </dd>
      <dt className="text-soft">Cost, 30 d</dt>
      <dd className="justify-self-end">
        <ListedCost project={project} />
      </dd>
    </dl>
    <p className="text-xs text-soft flex flex-wrap gap-x-3">
      <UpstreamKey project={project} />
      <span>
        created <Time at={project.created_at} format="date_only" />
      </span>
    </p>
  </div>
);
