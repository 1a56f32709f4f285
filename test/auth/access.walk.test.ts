import { readFileSync, writeFileSync } from 'node:fs';
import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Needs } from '../../src/auth/access.decorator.js';
import { MANAGEMENT_TOKEN } from '../support/app.js';
import { operator } from '../support/operators.js';
import { CALLS } from './access.calls.js';
import { AccessFixture, type Outcome } from './access.fixture.js';
import { handlersOf, type ManagedRoute, routesOf, undecorated } from './registered.routes.js';

const PAGE = 'docs/security/access.md';
const SECTION = /(?<=<!-- access -->\n)[^]*(?=<!-- \/access -->)/;

const nameOf = ({ method, url }: Pick<ManagedRoute, 'method' | 'url'>): string => `${method} ${url}`;

/** Creations first, deletions last: a deleted project would be missing in the rows after it. */
const ORDER = ['GET', 'POST', 'PATCH', 'DELETE'];
const byUrl = (one: ManagedRoute, other: ManagedRoute): number =>
  one.url.localeCompare(other.url, 'en') || ORDER.indexOf(one.method) - ORDER.indexOf(other.method);

const SHOWN: Record<string, string> = {
  yes: 'yes',
  nothing: '–',
  401: '401',
  403: '403',
  404: '404',
};

/** `own / other`, or one word for both. */
const cell = (own: Outcome, other: Outcome): string => {
  const [first, second] = [SHOWN[own] ?? own, SHOWN[other] ?? other];
  return first === second ? first : `${first} / ${second}`;
};

/** Aligned, as the formatter would. */
function markdown([head, ...rows]: readonly string[][]): string {
  const widths = head!.map((_, i) => Math.max(...[head!, ...rows].map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string => `| ${row.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head!), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

describe('the walk over routes, roles and projects', () => {
  let fixture: AccessFixture;
  let routes: ManagedRoute[];
  beforeAll(async () => {
    fixture = await AccessFixture.start();
    routes = routesOf(fixture.app)
      .filter(({ url }) => url.startsWith('/manage'))
      .toSorted(byUrl);
  });
  afterAll(() => fixture.close());

  it('finds a route that does not say what it needs, by its name', () => {
    @Controller('manage/things')
    class Things {
      @Get(':id')
      open(): string {
        return '';
      }
      @Get()
      @Needs('read')
      list(): string {
        return '';
      }
    }
    expect(undecorated(handlersOf(Things))).toEqual(['GET /manage/things/:id has no @Needs(…)']);
  });

  it('every route says what it needs', () => {
    expect(routes.length).toBeGreaterThan(20);
    expect(undecorated(routes)).toEqual([]);
  });

  it('knows how to call every route', () => {
    expect(routes.map(nameOf).filter((name) => !(name in CALLS))).toEqual([]);
  });

  it('refuses strangers and withering tokens everywhere', async () => {
    const { token } = await fixture.app.token();
    const target = await fixture.target(fixture.a);
    for (const { method, url } of routes)
      for (const credential of [null, token])
        expect([method, url, await fixture.call(method, url, CALLS[`${method} ${url}`]!, target, credential)]).toEqual([
          method,
          url,
          '401',
        ]);
  });

  it('has the outcomes that the page on access shows', async () => {
    const { a, b, app } = fixture;
    const of = async (role: string, projects?: string[]) => (await operator(app, { role, projects })).token;
    const everything = [await of('viewer'), await of('admin'), MANAGEMENT_TOKEN];
    const viewer = await of('viewer', [a.id]);
    const [managerOfA, managerOfB] = [await of('manager', [a.id]), await of('manager', [b.id])];

    const outcome = async (route: ManagedRoute, credential: string, project: typeof a): Promise<Outcome> =>
      fixture.call(route.method, route.url, CALLS[nameOf(route)]!, await fixture.target(project), credential);
    const both = async (route: ManagedRoute, credential: string, own: typeof a, other: typeof a) =>
      [await outcome(route, credential, own), await outcome(route, credential, other)] as const;

    const rows: string[][] = [];
    for (const route of routes) {
      const name = nameOf(route);
      const ofViewer = await both(route, viewer, a, b);
      const ofManager = await both(route, managerOfA, a, b);
      expect([name, await both(route, managerOfB, b, a)]).toEqual([name, ofManager]);
      // A project of its own for each call of those who may delete it.
      const ofAll: Outcome[] = [];
      const isDeletion = name === 'DELETE /manage/projects/:id';
      for (const credential of everything)
        ofAll.push(await outcome(route, credential, isDeletion ? await fixture.project() : a));
      // No role sees another project, even by its existence.
      const isSeen = !CALLS[name]!.isGlobal && [ofViewer, ofManager].some(([, other]) => other === 'yes');
      expect([name, isSeen]).toEqual([name, false]);
      rows.push([
        `\`${name}\``,
        SHOWN[ofAll[0]!] ?? ofAll[0]!,
        cell(...ofViewer),
        cell(...ofManager),
        ...ofAll.slice(1),
      ]);
    }
    const head = ['route', 'viewer of all', 'viewer: own / other', 'manager: own / other', 'admin', 'management token'];
    const expected = `\n${markdown([head, ...rows])}\n\n`;
    const page = readFileSync(PAGE, 'utf8');
    if (process.env['UPDATE_DOCS'])
      writeFileSync(
        PAGE,
        page.replace(SECTION, () => expected),
      );
    expect(expected).not.toContain('unexpected');
    expect(SECTION.exec(readFileSync(PAGE, 'utf8'))?.[0]).toBe(expected);
  }, 120_000);
});
