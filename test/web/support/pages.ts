import { until } from '../../support/until.js';
import type { WebSuite } from './web.suite.js';

interface PageOf {
  /** Below /admin/. Words in braces stand for an id of the store. */
  path: string;
  heading: string;
  /** The title of the tab, where it is not the heading. */
  title?: string;
  /** Of its pictures. */
  name: string;
  isForAdmins?: boolean;
}

/** Every page of the interface. */
export const PAGES: readonly PageOf[] = [
  { path: '', heading: 'Dashboard', name: 'dashboard' },
  { path: 'projects', heading: 'Projects', name: 'projects' },
  { path: 'projects/new', heading: 'New project', name: 'projects-new', isForAdmins: true },
  { path: 'projects/{project}', heading: 'Chat', name: 'project' },
  { path: 'projects/{project}/edit', heading: 'Edit project', name: 'project-edit', isForAdmins: true },
  { path: 'tokens', heading: 'Tokens', name: 'tokens' },
  { path: 'tokens/new', heading: 'New token', name: 'tokens-new' },
  { path: 'tokens/{token}', heading: 'Token Details', name: 'token' },
  { path: 'tokens/{token}/edit', heading: 'Edit Token', name: 'token-edit' },
  { path: 'requests', heading: 'Requests', name: 'requests' },
  { path: 'requests/{request}', heading: 'Request', name: 'request' },
  { path: 'usage', heading: 'Usage and cost', name: 'usage' },
  { path: 'audit', heading: 'Audit Events', name: 'audit' },
  { path: 'audit/{event}', heading: 'Audit Event Details', name: 'audit-event' },
  { path: 'system', heading: 'System', name: 'system' },
  { path: 'no/such/page', heading: 'There is nothing at this address', title: 'Not found', name: 'not-found' },
];

/** Puts something on every page: a project, a token, a request of it and the rows of both. `fill` puts their ids into a path. */
export async function pagesOf(web: WebSuite): Promise<{ project: string; fill: (path: string) => string }> {
  const project = await web.project('Chat');
  const { id: token, token: secret } = await web.token(project, { name: 'nightly-report', max_requests: 1000 });
  await web.token(project, { name: 'a laptop' });
  await (
    await fetch(`${web.server.origin}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })
  ).arrayBuffer();
  let request = '';
  await until('the request is stored', async () => {
    const [row] = await web.get<{ id: string }[]>(`/manage/requests?token_id=${token}`);
    request = row?.id ?? '';
    return request !== '';
  });
  const { events } = await web.get<{ events: { id: string }[] }>(`/manage/audit?project_id=${project}`);
  const ids: Record<string, string> = { project, token, request, event: events[0]!.id };
  return { project, fill: (path) => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name]!) };
}
