import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, until } from '../support/app.js';
import { GO_KEY, goFile, goHash, goProject, type GoRows, goSealed, goSecret, goToken } from '../support/go.database.js';
import { KeyFixture, KEYS, NEW_KEY } from '../support/key.fixture.js';
import { onEveryStore } from '../support/databases.js';

const CLEAR = goProject();
const SEALED = goProject({
  api_key: goSealed('sk-sealed-by-go'),
  created_at: '2026-01-02 03:04:05.123456+02:00',
});
const INACTIVE = goProject({
  is_active: 0,
  deactivated_at: '2026-02-03 04:05:06',
});
const HASHED = goSecret();
const PLAIN = goToken(CLEAR.id, {
  max_requests: 3,
  request_count: 1,
  cache_hit_count: 7,
});
const UNENDING = goToken(SEALED.id, {
  token: goHash(HASHED),
  expires_at: null,
});
const REVOKED = goToken(CLEAR.id, {
  is_active: 0,
  deactivated_at: '2026-02-03 04:05:06',
});
const EXPIRED = goToken(CLEAR.id, { expires_at: '2026-01-03 00:00:00+00:00' });
const OF_INACTIVE = goToken(INACTIVE.id);
const ROWS: GoRows = {
  projects: [CLEAR, SEALED, INACTIVE],
  tokens: [PLAIN, UNENDING, REVOKED, EXPIRED, OF_INACTIVE],
};

onEveryStore('llm-proxy migrate import', (store) => {
  const fixture = KeyFixture.on(store);
  let folder = '';
  let from = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-go-'));
    from = goFile(join(folder, 'go.db'), ROWS);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const importing = async (...flags: string[]) => {
    const { code, stdout, stderr } = await fixture.migrate(
      ['import', '--from', from, '--key-file', '-', '--json', ...flags],
      KEYS.fresh,
      `${GO_KEY}\n`,
    );
    return { code, stderr, ...(JSON.parse(stdout) as object) };
  };
  const refusal = async (app: TestApp, secret: string) => (await fixture.call(app, secret)).code;
  /** Once the server has looked: until then there may be imported tokens. */
  const refusesTheForm = async (app: TestApp, secret: string) =>
    until('the refusal', async () => (await refusal(app, secret)) === 'token_malformed');

  it('lets issued tokens work as before', async () => {
    expect(await importing()).toEqual({
      code: 0,
      stderr: '',
      dry_run: false,
      projects: { imported: 3, skipped: 0, failed: 0 },
      tokens: { imported: 5, skipped: 0, failed: 0 },
      faults: [],
    });
    const app = await fixture.start(KEYS.fresh);
    expect(await fixture.call(app, PLAIN.token)).toEqual({
      status: 200,
      code: null,
      key: CLEAR['api_key'],
    });
    expect(await fixture.call(app, HASHED)).toEqual({
      status: 200,
      code: null,
      key: 'sk-sealed-by-go',
    });
    expect(await refusal(app, PLAIN.token)).toBeNull();
    expect(await refusal(app, PLAIN.token)).toBe('token_exhausted');
    expect(await refusal(app, REVOKED.token)).toBe('token_inactive');
    expect(await refusal(app, EXPIRED.token)).toBe('token_expired');
    expect(await refusal(app, OF_INACTIVE.token)).toBe('project_inactive');
    expect(await refusal(app, goSecret())).toBe('token_not_found');
    expect(await app.tokenById(PLAIN.id)).toMatchObject({
      project_id: CLEAR.id,
      token: `${PLAIN.token.slice(0, 7)}…${PLAIN.token.slice(-4)}`,
      max_requests: 3,
      request_count: 3,
      cache_hit_count: 7,
      expires_at: '2099-01-02T03:04:05.123Z',
    });
    expect(await app.tokenById(UNENDING.id)).toMatchObject({
      token: `sk-…${UNENDING.id.slice(0, 8)}`,
      expires_at: '9999-12-31T23:59:59.999Z',
    });
    const project = await (await app.manage('GET', `/manage/projects/${SEALED.id}`)).json();
    expect(project).toMatchObject({
      name: SEALED['name'],
      created_at: '2026-01-02T01:04:05.123Z',
    });
  });

  it('stores nothing in clear, and the hashes of tokens that are used under our key', async () => {
    await importing();
    const app = await fixture.start(KEYS.fresh);
    for (const apiKey of await fixture.stored(app, 'projects', 'api_key')) expect(apiKey).toMatch(/^enc:v2:/);
    const hashes = await fixture.stored(app, 'tokens', 'secret_hash');
    expect(hashes.filter((hash) => hash.startsWith('sha256:'))).toEqual([`sha256:${goHash(HASHED)}`]);
    expect(hashes.filter((hash) => hash.startsWith('hmac:'))).toHaveLength(4);
  });

  it('may be done again: what is there stays as it is', async () => {
    await importing();
    const app = await fixture.start(KEYS.fresh);
    await fixture.call(app, HASHED);
    await app.manage('PATCH', `/manage/projects/${CLEAR.id}`, {
      name: 'renamed here',
    });
    await app.manage('DELETE', `/manage/projects/${INACTIVE.id}`);
    expect(await importing()).toMatchObject({
      code: 0,
      projects: { imported: 0, skipped: 3, failed: 0 },
      tokens: { imported: 0, skipped: 5, failed: 0 },
    });
    const project = await (await app.manage('GET', `/manage/projects/${CLEAR.id}`)).json();
    expect(project).toMatchObject({ name: 'renamed here' });
  });

  it('is noticed by a server that runs, also for a token that it has refused', async () => {
    const app = await fixture.start(KEYS.fresh);
    await refusesTheForm(app, PLAIN.token);
    const earlier = await app.token();
    await importing();
    await until('the server takes the token', async () => (await refusal(app, HASHED)) === null);
    expect(await refusal(app, PLAIN.token)).toBeNull();
    expect(await refusal(app, earlier.token)).toBeNull();
  });

  it('only tells what it would do with --dry-run', async () => {
    const before = await fixture.migrate(['status', '--json'], KEYS.fresh);
    expect(await importing('--dry-run')).toMatchObject({
      code: 0,
      dry_run: true,
      tokens: { imported: 5 },
    });
    expect(await fixture.migrate(['status', '--json'], KEYS.fresh)).toEqual(before);
    await fixture.migrate(['up'], KEYS.fresh);
    expect(await importing('--dry-run')).toMatchObject({
      code: 0,
      dry_run: true,
      tokens: { imported: 5 },
    });
    const app = await fixture.start(KEYS.fresh);
    expect(await fixture.stored(app, 'projects', 'id')).toEqual([]);
    await refusesTheForm(app, PLAIN.token);
  });

  it('SL-14 shows no secret', async () => {
    const shown = `${JSON.stringify(await importing())}${JSON.stringify(await importing())}`;
    for (const secret of [GO_KEY, NEW_KEY, PLAIN.token, HASHED, goHash(HASHED), CLEAR['api_key'], 'sk-sealed-by-go'])
      expect(shown).not.toContain(secret);
  });
});
