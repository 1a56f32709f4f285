import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT, type StartupError } from '../../src/common/errors/startup.error.js';
import type { Variables } from '../../src/config/values/variables.js';
import { ENCRYPTION_KEY, type ProjectAnswer, TestApp, type TokenAnswer, UPSTREAM_KEY } from '../support/app.js';
import { RecordingUpstream } from '../support/recording.upstream.js';

const OTHER_KEY = Buffer.from('another-encryption-key-456789012').toString('base64');

describe('ENCRYPTION_KEY', () => {
  const opened: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).toReversed()) await close();
  });

  async function start(variables: Variables) {
    const upstream = await RecordingUpstream.start();
    opened.push(() => upstream.close());
    const app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl, ...variables });
    opened.push(() => app.close());
    return { app, upstream };
  }
  /** The same database under other variables, as a copy: the original stays open. */
  async function reopen(app: TestApp, variables: Variables): Promise<TestApp> {
    const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-copy-'));
    opened.push(() => rmSync(folder, { recursive: true, force: true }));
    for (const name of readdirSync(app.folder))
      if (!name.endsWith('.lock')) cpSync(join(app.folder, name), join(folder, name));
    const copy = await TestApp.start(
      { ...app.variables, DATABASE_PATH: join(folder, 'proxy.db'), ...variables },
      folder,
    );
    opened.push(() => copy.close());
    return copy;
  }
  const stored = (app: TestApp, column: string, table: string): Promise<Record<string, string>[]> =>
    app.running.app.get(DataSource).query(`SELECT ${column} FROM ${table} ORDER BY created_at`);
  const call = async (app: TestApp, { token }: TokenAnswer) => {
    const answer = await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    return [answer.status, answer.headers.get('x-proxy-error')];
  };

  it('seals upstream keys and keys the hashes of tokens', async () => {
    const { app, upstream } = await start({});
    const token = await app.token();
    expect(await stored(app, 'api_key', 'projects')).toEqual([
      { api_key: expect.stringMatching(/^enc:v2:[0-9a-f]{8}:/) },
    ]);
    expect(await stored(app, 'secret_hash', 'tokens')).toEqual([
      { secret_hash: expect.stringMatching(/^hmac:[0-9a-f]{8}:[0-9a-f]{64}$/) },
    ]);
    expect(await call(app, token)).toEqual([200, null]);
    expect(upstream.requests.at(-1)?.header('authorization')).toBe(`Bearer ${UPSTREAM_KEY}`);
  });

  it.each([
    ['another one', OTHER_KEY, /^ENCRYPTION_KEY is the key [0-9a-f]{8}, but stored values need/],
    ['none', undefined, /^ENCRYPTION_KEY is not set, but/],
  ])('that is not the database’s ends the start before anything listens: %s', async (_what, key, line) => {
    const { app } = await start({});
    await app.project();
    const error = await reopen(app, { ENCRYPTION_KEY: key }).catch((thrown: unknown) => thrown as StartupError);
    expect(error).toMatchObject({ exitCode: EXIT.config, problems: [expect.stringMatching(line)] });
    expect(JSON.stringify(error)).not.toContain(ENCRYPTION_KEY);
  });

  it('that is newly set keeps old tokens and old keys working, and seals what is new', async () => {
    const { app } = await start({ ENCRYPTION_KEY: undefined });
    const old = await app.token({ max_requests: 3 });
    expect(await stored(app, 'api_key', 'projects')).toEqual([{ api_key: UPSTREAM_KEY }]);
    expect(await stored(app, 'secret_hash', 'tokens')).toEqual([{ secret_hash: expect.stringMatching(/^sha256:/) }]);

    const keyed = await reopen(app, { ENCRYPTION_KEY });
    expect(await call(keyed, old)).toEqual([200, null]);
    const fresh = await keyed.token({ project_id: old.project_id });
    expect(await call(keyed, fresh)).toEqual([200, null]);
    await keyed.manage('PATCH', `/manage/projects/${old.project_id}`, { api_key: UPSTREAM_KEY });
    expect(await stored(keyed, 'api_key', 'projects')).toEqual([{ api_key: expect.stringMatching(/^enc:v2:/) }]);
    expect(await call(keyed, old)).toEqual([200, null]);
  });

  it('that is lost is noticed by the tokens too, when the upstream keys are still in clear', async () => {
    const { app } = await start({ ENCRYPTION_KEY: undefined });
    const { id } = await app.project();
    const keyed = await reopen(app, { ENCRYPTION_KEY });
    const token = await keyed.token({ project_id: id });
    await expect(reopen(keyed, { ENCRYPTION_KEY: undefined })).rejects.toMatchObject({ exitCode: EXIT.config });
    await expect(reopen(keyed, { ENCRYPTION_KEY: OTHER_KEY })).rejects.toMatchObject({ exitCode: EXIT.config });
    await keyed.manage('DELETE', `/manage/tokens/${token.id}`);
    await reopen(keyed, { ENCRYPTION_KEY: OTHER_KEY });
  });

  it('does not open a changed ciphertext: that project alone is disabled, and the list still shows it', async () => {
    const { app, upstream } = await start({});
    const [bad, good] = [await app.token({ max_requests: 5 }), await app.token()];
    const store = app.running.app.get(DataSource);
    const [row] = (await store.query('SELECT api_key FROM projects WHERE id = ?', [bad.project_id])) as [
      { api_key: string },
    ];
    const last = row.api_key.at(-10) === 'A' ? 'B' : 'A';
    await store.query('UPDATE projects SET api_key = ? WHERE id = ?', [
      row.api_key.slice(0, -10) + last + row.api_key.slice(-9),
      bad.project_id,
    ]);

    expect(await call(app, bad)).toEqual([503, 'upstream_auth_error']);
    expect(await call(app, good)).toEqual([200, null]);
    expect(upstream.requests).toHaveLength(1);
    expect(await app.tokenById(bad.id)).toMatchObject({ request_count: 0 });
    expect((await (await app.manage('GET', '/manage/projects')).json()) as ProjectAnswer[]).toHaveLength(2);
    expect((await app.manage('GET', `/manage/projects/${bad.project_id}`)).status).toBe(200);
    await app.manage('PATCH', `/manage/projects/${bad.project_id}`, { api_key: UPSTREAM_KEY });
    expect(await call(app, bad)).toEqual([200, null]);

    const again = await reopen(app, {});
    expect(await call(again, good)).toEqual([200, null]);
  });

  it('does not open a ciphertext in another project’s row', async () => {
    const { app, upstream } = await start({});
    const [one, two] = [await app.token(), await app.token()];
    const store = app.running.app.get(DataSource);
    const keys = await stored(app, 'api_key', 'projects');
    await store.query('UPDATE projects SET api_key = ? WHERE id = ?', [keys[1]!['api_key'], one.project_id]);
    await store.query('UPDATE projects SET api_key = ? WHERE id = ?', [keys[0]!['api_key'], two.project_id]);
    for (const token of [one, two]) expect(await call(app, token)).toEqual([503, 'upstream_auth_error']);
    expect(upstream.requests).toHaveLength(0);
    expect((await app.manage('GET', '/manage/projects')).status).toBe(200);
  });
});
