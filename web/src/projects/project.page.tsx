import type { ReactElement } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Pencil, Plus, Sprout } from 'lucide-react';
import { api, listPage } from '../api/client';
import { may } from '../api/may';
import { useMe } from '../api/me';
import type { Project } from '../api/types';
import { count } from '../format/number';
import { Time } from '../format/time';
import { History } from '../parts/history';
import { useProject } from '../parts/project.options';
import { RequestsChart } from '../parts/requests.chart';
import { Running } from '../parts/running/running';
import { TOKEN_COLUMNS } from '../parts/token/token.columns';
import { TokenTable } from '../parts/token/token.table';
import { buttonClass } from '../ui/button.class';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy.button';
import { Fact } from '../ui/fact';
import { PageHead } from '../ui/page.head';
import { Empty, Fault, Loading } from '../ui/state';
import { KeyCheck } from './key.check';
import { UpstreamKey } from './project.columns';
import { ProjectDanger } from './project.danger';
import { ProjectFigures } from './project.figures';
import { ProjectBadge } from './project.state';

const route = getRouteApi('/inside/projects/$id');
const SHOWN = 10;
const COLUMNS = TOKEN_COLUMNS.filter(({ id }) => id !== 'project');

const limit = (most: number | null, what: string): string | undefined =>
  most === null ? undefined : `${count(most)} ${what}`;

const limitsOf = (project: Project): string =>
  [
    limit(project.rate_limit_per_minute, 'requests a minute'),
    limit(project.max_concurrent, 'at a time'),
    limit(project.max_requests_per_day, 'a day'),
    limit(project.max_requests_per_month, 'a month'),
  ]
    .filter((text) => text !== undefined)
    .join(', ') || 'none of its own';

const Details = ({ project, isAdmin }: { project: Project; isAdmin: boolean }): ReactElement => (
  <Card title="Details">
    <dl>
      <Fact label="Status:">
        <ProjectBadge project={project} />
      </Fact>
      <Fact label="Project ID">
        <span className="inline-flex items-center gap-1 break-all">
          <code>{project.id}</code>
          <CopyButton text={project.id} label="Copy the id" />
        </span>
      </Fact>
      <Fact label="Upstream key">
        <UpstreamKey project={project} />
      </Fact>
      <Fact label="Base URL">{project.base_url === null ? 'that of the server' : <code>{project.base_url}</code>}</Fact>
      {project.provider !== null && <Fact label="Provider">{project.provider}</Fact>}
      <Fact label="Limits">{limitsOf(project)}</Fact>
      {project.owner !== null && <Fact label="Owner">{project.owner}</Fact>}
      {project.note !== null && (
        <Fact label="Note">
          <span className="whitespace-pre-line">{project.note}</span>
        </Fact>
      )}
      <Fact label="Created">
        <Time at={project.created_at} format="long" />
      </Fact>
      <Fact label="Updated">
        <Time at={project.updated_at} format="long" />
      </Fact>
    </dl>
    {isAdmin && project.deleted_at === undefined && <KeyCheck projectId={project.id} />}
  </Card>
);

/** The second of the three first steps. */
function NoToken({ project: { id, is_active: isActive } }: { project: Project }): ReactElement {
  const mayMake = may(useMe(), 'tokens') && isActive;
  return (
    <Empty
      icon={<Sprout size={28} />}
      title="No token yet"
      text="An app needs one to call through this project."
      action={
        mayMake && (
          <Link to="/tokens/new" search={{ project_id: id, from_first_run: true }} className={buttonClass('primary')}>
            Make its first token
          </Link>
        )
      }
    />
  );
}

function Tokens({ project }: { project: Project }): ReactElement {
  const query = { projectId: project.id, page: 1, page_size: SHOWN, sort: '-created_at' } as const;
  const list = useQuery({
    queryKey: ['/manage/tokens', query],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => listPage(await api.GET('/manage/tokens', { params: { query }, signal })),
  });
  const total = list.data?.total ?? 0;
  return (
    <section className="grid gap-2">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2>Its tokens</h2>
        <Link to="/tokens" search={{ project_id: project.id }} className="text-[0.8125rem] text-leaf hover:underline">
          All {count(total)}
        </Link>
      </header>
      {!project.is_active && project.deleted_at === undefined && (
        <p className="text-straw text-[0.8125rem]">The project is inactive: its tokens are refused.</p>
      )}
      {list.isError ? (
        <Fault fault={list.error} retry={() => void list.refetch()} />
      ) : (
        <TokenTable
          caption="Tokens of this project"
          columns={COLUMNS}
          rows={list.data?.rows ?? []}
          total={Math.min(total, SHOWN)}
          page={1}
          size={SHOWN}
          onPage={() => undefined}
          isBusy={list.isPending}
          empty={<NoToken project={project} />}
        />
      )}
    </section>
  );
}

function Actions({ project }: { project: Project }): ReactElement | null {
  const me = useMe();
  const { id } = project;
  if (project.deleted_at !== undefined) return null;
  return (
    <>
      {may(me, 'tokens') && project.is_active && (
        <Link to="/tokens/new" search={{ project_id: id }} className={buttonClass('primary')}>
          <Plus size={15} aria-hidden />
          Generate Token
        </Link>
      )}
      {may(me, 'admin') && (
        <Link to="/projects/$id/edit" params={{ id }} className={buttonClass()}>
          <Pencil size={14} aria-hidden />
          Edit
        </Link>
      )}
    </>
  );
}

function Content({ project }: { project: Project }): ReactElement {
  const me = useMe();
  const isAdmin = may(me, 'admin');
  const { id } = project;
  return (
    <>
      <PageHead tab={project.name}>
        <Actions project={project} />
      </PageHead>
      <div className="grid gap-4 *:min-w-0">
        <ProjectFigures projectId={id} />
        <RequestsChart projectId={id} days={30} />
        <Tokens project={project} />
        <div className="grid lg:grid-cols-2 gap-4 items-start *:min-w-0">
          <Details project={project} isAdmin={isAdmin} />
          <Running projectId={id} />
        </div>
        <History projectId={id} />
        {may(me, 'tokens') && project.deleted_at === undefined && <ProjectDanger project={project} isAdmin={isAdmin} />}
      </div>
    </>
  );
}

export default function ProjectPage(): ReactElement {
  const { id } = route.useParams();
  const project = useProject(id);
  if (project.data !== undefined) return <Content project={project.data} />;
  if (!project.isError) return <Loading />;
  return (
    <>
      <PageHead tab="Project" />
      <Fault fault={project.error} retry={() => void project.refetch()} />
    </>
  );
}
