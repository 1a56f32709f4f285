import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTIONS } from '../../src/common/audit/audit.action.js';
import { routesOf } from '../auth/registered.routes.js';
import { TestApp } from '../support/app.js';

const PAGE = readFileSync('docs/security/audit.md', 'utf8');

/** The first two cells of the lines of a marked table: an action, and what leaves its row. */
function actionsOf(block: string): (readonly [action: string, source: string])[] {
  const table = new RegExp(`<!-- ${block} -->[^]*<!-- /${block} -->`).exec(PAGE)![0];
  return [...table.matchAll(/^\| `([a-z]+\.[a-z_.]+)` \| (.+?) \|/gm)].map(([, action, source]) => [action!, source!]);
}

/** `GET /manage/requests/{id}/body/…` means each route that begins so. */
const covers = (named: string, route: string): boolean =>
  named === route || (named.endsWith('…') && route.startsWith(named.slice(0, -1)));

it('the page of the audit log has each action once, and no other', () => {
  const named = [...actionsOf('actions'), ...actionsOf('system')].map(([action]) => action);
  expect(named.toSorted()).toEqual(ACTIONS.toSorted());
});

it('the page of the audit log has the calls of each action, and no others', async () => {
  const app = await TestApp.start();
  const routes = routesOf(app)
    .filter(({ audit }) => audit !== undefined && audit !== false)
    .map(({ method, url, audit }) => ({ action: audit, route: `${method} ${url.replace(/:(\w+)/g, '{$1}')}` }));
  await app.close();
  const calls = actionsOf('actions').flatMap(([action, source]) =>
    [...source.matchAll(/`([A-Z]+ [^`?]+)(?:\?[^`]+)?`/g)].map(([, call]) => ({ action, call: call! })),
  );
  const isShown = ({ action, route }: (typeof routes)[number]): boolean =>
    calls.some((one) => one.action === action && covers(one.call, route));
  const isThere = ({ action, call }: (typeof calls)[number]): boolean =>
    routes.some((one) => one.action === action && covers(call, one.route));
  expect(routes.length).toBeGreaterThan(20);
  expect({ missing: routes.filter((one) => !isShown(one)), wrong: calls.filter((one) => !isThere(one)) }).toEqual({
    missing: [],
    wrong: [],
  });
});
