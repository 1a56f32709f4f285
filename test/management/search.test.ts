import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { FoundView } from '../../src/reporting/search/search.dto.js';
import { errors } from '../../src/common/errors/errors.js';
import { MANAGEMENT_TOKEN, type ProjectAnswer, TestApp, type TokenAnswer } from '../support/app.js';
import { type FreshStore, onEveryStore } from '../support/databases.js';
import { MemoryEvents, proxyEvent } from '../support/memory.events.js';
import { operator } from '../support/operators.js';
import { refused } from '../support/refusal.js';

onEveryStore('GET /manage/search', (store) => {
  let fresh: FreshStore;
  let app: TestApp;
  let web: ProjectAnswer;
  let batch: ProjectAnswer;
  let nightly: TokenAnswer;
  const events = new MemoryEvents();
  beforeAll(async () => {
    fresh = await store.fresh();
    app = await TestApp.start(fresh.variables);
    events.serve(app);
    web = await app.project({ name: 'Web shop' });
    batch = await app.project({ name: 'Nightly batch' });
    nightly = await app.token({ project_id: web.id, name: 'Nightly report' });
    await app.token({ project_id: batch.id });
    for (let i = 0; i < 10; i += 1) await app.token({ project_id: batch.id, name: `many ${i}` });
  });
  afterAll(async () => {
    await app.close();
    await fresh.drop();
  });
  beforeEach(() => {
    events.fault = undefined;
    events.clear();
  });

  const ask = async (q: string, credential?: string): Promise<Response> =>
    app.manage('GET', `/manage/search?q=${encodeURIComponent(q)}`, undefined, credential);
  async function find(q: string, credential?: string): Promise<FoundView[]> {
    const response = await ask(q, credential);
    expect(response.status).toBe(200);
    return (await response.json()) as FoundView[];
  }
  const titles = (found: FoundView[]): string[] => found.map(({ kind, title }) => `${kind} ${title}`);

  it('finds projects by a part of their name, and tokens by its beginning, in any case', async () => {
    expect(titles(await find('NIGHTLY'))).toEqual(['project Nightly batch', 'token Nightly report']);
    expect(titles(await find('shop'))).toEqual(['project Web shop']);
    expect(titles(await find('report'))).toEqual([]);
    const [token] = await find(' nightly rep ');
    expect(token).toEqual({
      kind: 'token',
      id: nightly.id,
      title: 'Nightly report',
      text: expect.stringMatching(/^sk-wt-\S+ · Web shop$/),
    });
  });

  it('finds an id, or its beginning', async () => {
    expect(titles(await find(nightly.id))).toEqual(['token Nightly report']);
    expect(titles(await find(web.id.slice(0, 13).toUpperCase()))).toEqual(['project Web shop']);
    expect(titles(await find(nightly.id.slice(0, 7)))).toEqual([]);
  });

  it('finds eight of a kind at most', async () => {
    expect(titles(await find('many'))).toEqual(Array.from({ length: 8 }, (_, i) => `token many ${i}`));
  });

  it('finds requests by their whole id, ours or the upstream’s', async () => {
    const id = '11111111-2222-4333-8444-555555555555';
    events.add(proxyEvent({ request_id: id, project_id: web.id, upstream_request_id: 'req_0123456789abcdef' }));
    events.add(proxyEvent({ project_id: batch.id }));
    for (const q of [id, 'req_0123456789abcdef']) {
      expect(await find(q)).toEqual([
        {
          kind: 'request',
          id: expect.stringMatching(/:request$/),
          title: 'POST /v1/chat/completions',
          text: '200, ok, 2026-11-27T12:00:00.000Z',
        },
      ]);
    }
    expect(await find(id.slice(0, 20))).toEqual([]);
    const { token: foreign } = await operator(app, { projects: [batch.id] });
    expect(await find(id, foreign)).toEqual([]);
    events.fault = errors.observabilityDisabled();
    expect(await find(id)).toEqual([]);
  });

  it('shows what the caller sees', async () => {
    const { token } = await operator(app, { projects: [web.id] });
    expect(titles(await find('nightly', token))).toEqual(['token Nightly report']);
    expect(await find('many', token)).toEqual([]);
    const { token: other } = await operator(app, { projects: [batch.id] });
    expect(titles(await find('nightly', other))).toEqual(['project Nightly batch']);
    expect(await find(nightly.id, other)).toEqual([]);
  });

  it.each([
    'sk-wt-0123456789',
    'SK-proj-abcdef',
    ' sk-',
    'sk-wt-AbCd…wXyZ',
    'Bearer sk-wt-0123456789abcdef',
    'key=SK-0123456789abcdef',
    `"${'x'.repeat(60)}sk-proj-0123456789abcdef"`,
    MANAGEMENT_TOKEN,
    `is it ${MANAGEMENT_TOKEN}?`,
  ])('refuses %j', async (q) => {
    const answer = await refused(ask(q));
    expect(answer).toMatchObject({ status: 400, code: 'secret_in_url' });
    for (const text of [answer.message, app.log]) {
      expect(text).not.toContain('0123456789');
      expect(text).not.toContain(MANAGEMENT_TOKEN);
    }
  });

  it.each(['desk-0123456789abcdef0', 'risk-assessment-and-audit', 'a sk-wt', MANAGEMENT_TOKEN.slice(1)])(
    'finds what only resembles a secret: %j',
    async (q) => expect(await find(q)).toEqual([]),
  );

  it.each(['/manage/projects', '/manage/tokens', '/manage/audit'])(
    'refuses the same in a search of %s',
    async (path) => {
      const secrets = ['sk-0123456789', 'Bearer sk-wt-0123456789abcdef', 'sk-0123456789abcdefghij…', MANAGEMENT_TOKEN];
      for (const secret of secrets) {
        const answer = await refused(app.manage('GET', `${path}?search=${encodeURIComponent(secret)}`));
        expect([secret, answer.status]).toEqual([secret, 400]);
        expect(answer.message).not.toContain('0123456789');
        expect(answer.message).toContain('POST /manage/tokens/lookup');
      }
      const shown = await app.manage('GET', `${path}?search=${encodeURIComponent('sk-wt-AbCd…wXyZ')}`);
      expect(shown.status).toBe(200);
    },
  );

  it.each([
    ['', '1 to 120 characters'],
    ['x'.repeat(121), '1 to 120 characters'],
    ['a\nb', 'control characters'],
  ])('refuses %j as no text to search for', async (q, message) => {
    const answer = await refused(ask(q));
    expect(answer).toMatchObject({ status: 400, code: 'validation_failed', fields: ['q'] });
    expect(answer.message).toContain(message);
  });
});
