import { UPSTREAM_KEY } from '../support/app.js';

/** What the walk calls a route with: things of one project, fresh where the call may use them up. */
export interface Target {
  projectId: string;
  tokenId: string;
  secret: string;
  requestId: string;
  operatorId: string;
  /** Of a row of the audit log. */
  auditId: string;
  sessionId: string;
  /** Of a running request. */
  streamId: string;
  /** A name that nothing has yet. */
  name: string;
}

export interface Call {
  /** A query, with its `?`. */
  query?: string;
  body?: (target: Target) => object;
  /** It is about no project. */
  isGlobal?: true;
  /** Whether a successful response is about the target; without it, any successful response is. */
  isAbout?: (text: string, target: Target) => boolean;
}

const names = (text: string, { projectId }: Target): boolean => text.includes(projectId);

/** How to call each route under /manage; the walk fails for one that is not here. */
export const CALLS: Record<string, Call> = {
  'GET /manage/whoami': { isGlobal: true },
  'POST /manage/session': { isGlobal: true },
  'GET /manage/session': { isGlobal: true },
  'DELETE /manage/session': { isGlobal: true },
  // A session of the management token: other operators than admins see only their own.
  'GET /manage/sessions': { isGlobal: true, isAbout: (text, { sessionId }) => text.includes(sessionId) },
  'DELETE /manage/sessions/:id': { isGlobal: true },
  'DELETE /manage/sessions': { isGlobal: true, query: '?except=this' },
  'GET /manage/operators': { isGlobal: true },
  'POST /manage/operators': {
    isGlobal: true,
    body: ({ name }) => ({ name, role: 'viewer' }),
  },
  'GET /manage/operators/:id': { isGlobal: true },
  'PATCH /manage/operators/:id': {
    isGlobal: true,
    body: ({ name }) => ({ name }),
  },
  'DELETE /manage/operators/:id': { isGlobal: true },
  'GET /manage/projects': { isAbout: names },
  'POST /manage/projects': {
    isGlobal: true,
    body: ({ name }) => ({ name, api_key: UPSTREAM_KEY }),
  },
  'GET /manage/projects/:id': {},
  'PATCH /manage/projects/:id': { body: () => ({ is_active: true }) },
  'DELETE /manage/projects/:id': {},
  'POST /manage/projects/:id/check': {},
  'POST /manage/projects/:id/tokens/revoke': {},
  'GET /manage/tokens': { isAbout: names },
  'POST /manage/tokens': {
    body: ({ projectId }) => ({ project_id: projectId }),
  },
  'GET /manage/tokens/:id': {},
  'PATCH /manage/tokens/:id': { body: ({ name }) => ({ name }) },
  'DELETE /manage/tokens/:id': {},
  'POST /manage/tokens/:id/replace': { body: () => ({ overlap_minutes: 1 }) },
  'POST /manage/tokens/:id/check': { body: () => ({ method: 'GET', path: '/v1/models' }) },
  'POST /manage/tokens/lookup': { body: ({ secret }) => ({ token: secret }) },
  'POST /manage/tokens/revoke': {
    body: ({ tokenId }) => ({ ids: [tokenId] }),
    isAbout: (text) => (JSON.parse(text) as { not_found: string[] }).not_found.length === 0,
  },
  'GET /manage/audit': { isAbout: names },
  'GET /manage/audit/:id': {},
  'GET /manage/audit/head': { isGlobal: true },
  'GET /manage/audit/verify': { isGlobal: true },
  'GET /manage/audit/export': { isGlobal: true },
  'GET /manage/overview': { isGlobal: true },
  'GET /manage/search': { query: '?q=project', isAbout: names },
  'GET /manage/usage': { query: '?group_by=project', isAbout: names },
  'GET /manage/requests': { isAbout: names },
  // The stream shows no project until something happens: the tests of reports look at what it sends.
  'GET /manage/requests/live': { isGlobal: true },
  'GET /manage/events/dead': { isGlobal: true },
  'POST /manage/events/dead/replay': { isGlobal: true, body: () => ({ all: true }) },
  'POST /manage/events/dead/drop': { isGlobal: true, body: () => ({ all: true }) },
  'GET /manage/system': { isGlobal: true },
  'GET /manage/streams': { isAbout: names },
  'POST /manage/streams/end': { body: ({ projectId }) => ({ project_id: projectId }) },
  'POST /manage/streams/:id/end': {},
  'GET /manage/requests/:id': {},
  'GET /manage/requests/:id/body/request': {},
  'GET /manage/requests/:id/body/response': {},
};

/** The path of a route with the id of the target in it. */
export function pathOf(url: string, target: Target): string {
  const ids: Record<string, string> = {
    projects: target.projectId,
    tokens: target.tokenId,
    requests: target.requestId,
    operators: target.operatorId,
    audit: target.auditId,
    sessions: target.sessionId,
    streams: target.streamId,
  };
  const id = ids[url.split('/')[2] ?? ''] ?? '';
  return url.replace(':id', id);
}
