import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { BASE } from './api/base';
import { auditSearch } from './audit/search';
import { parseSearch, writeSearch } from './format/search';
import { loginSearch } from './login/search';
import { projectsSearch } from './projects/search';
import { requestsSearch } from './requests/search';
import { AriaRoot } from './shell/aria.root';
import { NotFound } from './shell/not.found';
import { PageFault } from './shell/page.fault';
import { systemSearch } from './system/search';
import { newTokenSearch, tokensSearch } from './tokens/search';
import { Loading } from './ui/state';
import { usageSearch } from './usage/search';

const rootRoute = createRootRoute({
  component: () => (
    <AriaRoot>
      <Outlet />
    </AriaRoot>
  ),
});

const login = createRoute({
  getParentRoute: () => rootRoute,
  path: 'login',
  validateSearch: loginSearch,
  component: lazyRouteComponent(() => import('./login/login.page')),
});

/** Every page but the login stands inside the shell. */
const inside = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  component: lazyRouteComponent(() => import('./shell/shell')),
});

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./overview/overview.page')),
});

const projects = createRoute({
  getParentRoute: () => inside,
  path: 'projects',
  validateSearch: projectsSearch,
  component: lazyRouteComponent(() => import('./projects/projects.page')),
});

const projectNew = createRoute({
  getParentRoute: () => inside,
  path: 'projects/new',
  component: lazyRouteComponent(() => import('./projects/project.new.page')),
});

const project = createRoute({
  getParentRoute: () => inside,
  path: 'projects/$id',
  component: lazyRouteComponent(() => import('./projects/project.page')),
});

const projectEdit = createRoute({
  getParentRoute: () => inside,
  path: 'projects/$id/edit',
  component: lazyRouteComponent(() => import('./projects/project.edit.page')),
});

const tokens = createRoute({
  getParentRoute: () => inside,
  path: 'tokens',
  validateSearch: tokensSearch,
  component: lazyRouteComponent(() => import('./tokens/tokens.page')),
});

const tokenNew = createRoute({
  getParentRoute: () => inside,
  path: 'tokens/new',
  validateSearch: newTokenSearch,
  component: lazyRouteComponent(() => import('./tokens/token.new.page')),
});

const token = createRoute({
  getParentRoute: () => inside,
  path: 'tokens/$id',
  component: lazyRouteComponent(() => import('./tokens/token.page')),
});

const tokenEdit = createRoute({
  getParentRoute: () => inside,
  path: 'tokens/$id/edit',
  component: lazyRouteComponent(() => import('./tokens/token.edit.page')),
});

const requests = createRoute({
  getParentRoute: () => inside,
  path: 'requests',
  validateSearch: requestsSearch,
  component: lazyRouteComponent(() => import('./requests/requests.page')),
});

/** Keeps the filters, so that the next and the one before are those within them. */
const request = createRoute({
  getParentRoute: () => inside,
  path: 'requests/$id',
  validateSearch: requestsSearch,
  component: lazyRouteComponent(() => import('./requests/request.page')),
});

const usage = createRoute({
  getParentRoute: () => inside,
  path: 'usage',
  validateSearch: usageSearch,
  component: lazyRouteComponent(() => import('./usage/usage.page')),
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: 'audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./audit/audit.page')),
});

const auditEvent = createRoute({
  getParentRoute: () => inside,
  path: 'audit/$id',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./audit/audit.event.page')),
});

const system = createRoute({
  getParentRoute: () => inside,
  path: 'system',
  validateSearch: systemSearch,
  component: lazyRouteComponent(() => import('./system/system.page')),
});

/** Last, so that what is no page stands inside the shell too. */
const nothing = createRoute({ getParentRoute: () => inside, path: '$', component: NotFound });

const routeTree = rootRoute.addChildren([
  login,
  inside.addChildren([
    overview,
    projects,
    projectNew,
    project,
    projectEdit,
    tokens,
    tokenNew,
    token,
    tokenEdit,
    requests,
    request,
    usage,
    audit,
    auditEvent,
    system,
    nothing,
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: BASE,
  // The id of a request has one: its address shows it as it is.
  pathParamsAllowedCharacters: [':'],
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: Loading,
  defaultErrorComponent: PageFault,
  defaultNotFoundComponent: NotFound,
});

declare module '@tanstack/react-router' {
  /** Links and parameters are checked against these routes. */
  interface Register {
    router: typeof router;
  }
}
