import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS } from '../auth/access.calls.js';
import { AccessFixture, type Outcome } from '../auth/access.fixture.js';
import { routesOf } from '../auth/registered.routes.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { operator } from '../support/operators.js';
import { Browser } from './browser.js';

/** Ends or begins the session of the walk itself; their own tests look at them. */
const OF_THE_SESSION = new Set(['POST /manage/session', 'DELETE /manage/session']);

/** Deletions last: what is deleted would be missing for the calls after it. */
const ORDER = ['GET', 'POST', 'PATCH', 'DELETE'];

describe('a session', () => {
  let fixture: AccessFixture;
  beforeAll(async () => {
    fixture = await AccessFixture.start();
  });
  afterAll(() => fixture.close());

  it('may do what its credential may, on every route', async () => {
    const { a, b, app } = fixture;
    const of = async (role: string, projects?: string[]) => (await operator(app, { role, projects })).token;
    const credentials = [
      await of('viewer'),
      await of('viewer', [a.id]),
      await of('manager', [a.id]),
      await of('admin'),
      MANAGEMENT_TOKEN,
    ];
    const routes = routesOf(app)
      .filter(({ url }) => url.startsWith('/manage'))
      .filter(({ method, url }) => !OF_THE_SESSION.has(`${method} ${url}`))
      .toSorted((one, other) => ORDER.indexOf(one.method) - ORDER.indexOf(other.method));
    const differing: [string, string, Outcome, Outcome][] = [];
    for (const credential of credentials)
      for (const { method, url } of routes)
        for (const project of [a, b]) {
          const call = CALLS[`${method} ${url}`]!;
          const isDeletion = method === 'DELETE' && url === '/manage/projects/:id';
          const target = async () => fixture.target(isDeletion ? await fixture.project() : project);
          // A session of its own for each call: some calls end it.
          const browser = await Browser.signedIn(app, {}, credential);
          const bySession = await fixture.callIn(browser, method, url, call, await target());
          const byBearer = await fixture.call(method, url, call, await target(), credential);
          if (bySession !== byBearer) differing.push([credential.slice(0, 6), `${method} ${url}`, bySession, byBearer]);
        }
    expect(differing).toEqual([]);
  }, 120_000);
});
