import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { TestApp } from '../support/app.js';
import type { CliResult } from '../support/cli.run.js';
import { migrate } from '../support/env.file.js';
import { goFile, goOnMysql, goOnPostgres, goProject, type GoRows, goSecret, goToken } from '../support/go.database.js';
import { KEYS } from '../support/key.fixture.js';
import { freshMysql, freshPostgres } from '../support/databases.js';
import { TcpProxy } from '../support/tcp.proxy.js';

describe('llm-proxy migrate import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-go-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let files = 0;
  let target = { DATABASE_PATH: '' };
  let app: TestApp | undefined;
  const file = (name: string): string => join(folder, `${(files += 1)}-${name}`);
  beforeEach(() => {
    target = { DATABASE_PATH: file('proxy.db') };
  });
  afterEach(async () => {
    await app?.close(true);
    app = undefined;
  });

  const bring = (argv: string[], input?: string): Promise<CliResult> =>
    migrate(['import', ...argv], { ...target, ...KEYS.fresh }, input);
  /** The expiry of each token by its id, as the API shows it. */
  async function expiries(): Promise<Record<string, unknown>> {
    app = await TestApp.start({ ...target, ...KEYS.fresh }, folder);
    const tokens = (await (await app.manage('GET', '/manage/tokens')).json()) as Record<string, string>[];
    return Object.fromEntries(tokens.map((token) => [token['id'], token['expires_at']]));
  }

  const project = goProject();
  const token = goToken(project.id, {
    expires_at: '2098-07-06 05:04:03.210000',
  });
  const rows: GoRows = {
    projects: [project],
    tokens: [token, goToken(project.id, { expires_at: null })],
  };
  const all = /^ +IMPORTED +SKIPPED +FAILED\nprojects +1 +0 +0\ntokens +2 +0 +0\n$/;

  it.skipIf(inject('postgres') === null)('reads PostgreSQL; its times are UTC wherever this runs', async () => {
    const source = await freshPostgres(inject('postgres')!);
    const url = source.variables['DATABASE_URL']!;
    await goOnPostgres(url, rows);
    // The server of the tests takes any password.
    const from = url.replace(/:\/\/([^:@/]*)(?::[^@/]*)?@/, '://$1:canary@of@import@');
    expect(from).toContain('canary');
    expect(await bring(['--from', from])).toEqual({
      code: 0,
      stdout: expect.stringMatching(all),
      stderr: '',
    });
    expect((await expiries())[token.id]).toBe('2098-07-06T05:04:03.210Z');
    const { host, pathname } = new URL(url);
    const imports = await (await app!.manage('GET', '/manage/audit?action=data.import')).text();
    expect(imports).toContain(`"from":"postgres://${host}${pathname}"`);
    expect(imports).not.toMatch(/canary|import@/);
    await source.drop();
  });

  it.skipIf(inject('mariadb') === null)('reads MySQL and MariaDB, and takes the password from a file', async () => {
    const source = await freshMysql(inject('mariadb')!);
    const url = new URL(source.variables['DATABASE_URL']!);
    await goOnMysql(url.href, rows);
    const password = url.password === '' ? [] : ['--password-file', '-'];
    const input = `${decodeURIComponent(url.password)}\n`;
    url.password = '';
    expect(await bring(['--from', url.href, ...password], input)).toEqual({
      code: 0,
      stdout: expect.stringMatching(all),
      stderr: '',
    });
    expect((await expiries())[token.id]).toBe('2098-07-06T05:04:03.210Z');
    await source.drop();
  });

  it('makes no file to only tell what it would do', async () => {
    const from = goFile(file('go.db'), rows);
    target.DATABASE_PATH = join(folder, 'not-there', 'proxy.db');
    const done = await bring(['--from', from, '--dry-run']);
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/WOULD IMPORT.*\nprojects +1 .*\ntokens +2 /),
    });
    expect(existsSync(join(folder, 'not-there'))).toBe(false);
  });

  it('reads the tables of the first days, and knows their tokens again', async () => {
    const secret = goSecret();
    const first = {
      projects: [
        {
          id: project.id,
          name: 'first',
          openai_api_key: 'sk-of-the-first-days',
        },
      ],
      tokens: [{ token: secret, project_id: project.id, expires_at: '2099-01-01' }],
    };
    const from = goFile(file('go.db'), first, 'first');
    expect(await bring(['--from', from])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/tokens +1 +0/),
    });
    expect(await bring(['--from', from])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/tokens +0 +1/),
    });
  });

  it('tells every row that it leaves out, and brings the rest', async () => {
    const [clash, long, sealed] = [
      goProject({ id: 'ffffffff-ffff-4fff-8fff-ffffffffffff' }),
      goProject({ name: 'x'.repeat(121) }),
      goProject({ api_key: 'enc:v1:AAAA' }),
    ];
    const [empty, id] = [goProject({ api_key: '' }), goProject({ id: 'no-uuid' })];
    const odd = [
      goToken(project.id, { token: 'tok-of-another-form' }),
      goToken(project.id, { expires_at: 'some day' }),
      goToken(project.id, { max_requests: -1 }),
      goToken('00000000-0000-4000-8000-000000000000'),
    ] as const;
    const source = {
      projects: [project, { ...clash, name: ` ${project['name']} ` }, long, sealed, empty, id],
      tokens: [token, ...odd, goToken(sealed.id)],
    };
    const { code, stdout, stderr } = await bring(['--from', goFile(file('go.db'), source), '--json']);
    expect(code).toBe(1);
    expect(stderr).toContain('not everything could be imported');
    const report = JSON.parse(stdout) as { faults: string[] };
    expect(report).toMatchObject({
      projects: { imported: 1, skipped: 0, failed: 5 },
      tokens: { imported: 1, skipped: 0, failed: 5 },
    });
    expect(report.faults.toSorted()).toEqual(
      [
        `project ${clash.id}: another project has the same name`,
        `project ${long.id}: its name has more than 120 characters`,
        `project ${sealed.id}: its upstream key cannot be decrypted with the given keys (its tokens: 1)`,
        `project ${empty.id}: it has no upstream key`,
        'project no-uuid: its id is not a UUID',
        `token ${odd[0].id}: its secret does not have the format of an issued token`,
        `token ${odd[1].id}: its expires_at is not a time`,
        `token ${odd[2].id}: its max_requests is not a count`,
        `token ${odd[3].id}: its project does not exist`,
      ].toSorted(),
    );
    expect(stdout).not.toContain('tok-of-another-form');
  });

  it.each([
    [
      'a file that is not there',
      () => join(folder, 'gone.db'),
      /^llm-proxy: --from names a file that does not exist\n$/,
    ],
    [
      'a database of another program',
      () => target.DATABASE_PATH,
      /^llm-proxy: --from is not a database of the Go system/,
    ],
    ['another scheme', () => 'https://user:canary@127.0.0.1/db', /^llm-proxy: --from must be a SQLite file, postgres/],
  ])('refuses %s', async (_what, from, line) => {
    await (await TestApp.start({ ...target, ...KEYS.fresh }, folder)).close(true);
    expect(await bring(['--from', from()])).toEqual({
      code: 65,
      stdout: '',
      stderr: expect.stringMatching(line),
    });
  });

  it('says that a server cannot be reached, and never its password', async () => {
    const { code, stderr } = await bring(['--from', 'postgres://user:canary@127.0.0.1:1/db']);
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: 'llm-proxy: the database of --from cannot be reached (ECONNREFUSED)\n',
    });
  });

  it.skipIf(inject('postgres') === null)('says what PostgreSQL does not let it read', async () => {
    const source = await freshPostgres(inject('postgres')!);
    const url = new URL(source.variables['DATABASE_URL']!);
    await goOnPostgres(url.href, rows);
    const role = url.pathname.slice(1);
    const client = new Client({ connectionString: url.href });
    await client.connect();
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'canary'`);
    [url.username, url.password] = [role, 'canary'];
    const { code, stderr } = await bring(['--from', url.href]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/permission denied for table/),
    });
    await client.query(`DROP ROLE ${role}`);
    await client.end();
    await source.drop();
  });

  it.skipIf(inject('mariadb') === null)('says that a connection was lost while it looked', async () => {
    const source = await freshMysql(inject('mariadb')!);
    const url = source.variables['DATABASE_URL']!;
    await goOnMysql(url, rows);
    const wire = await TcpProxy.start(Number(new URL(url).port));
    const lost = wire.cutAfterRequest((bytes) => bytes.includes('SELECT * FROM tokens'));
    const { code, stderr } = await bring(['--from', wire.through(url)]);
    await lost;
    expect(code).not.toBe(0);
    expect(stderr).not.toContain('not a database of the Go system');
    wire.close();
    await source.drop();
  });

  it('tells a file that is no database, and one that another program locks, apart', async () => {
    const from = goFile(file('go.db'), rows);
    const other = new DatabaseSync(from);
    other.exec('BEGIN EXCLUSIVE');
    expect(await bring(['--from', from])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is locked/),
    });
    other.close();
    writeFileSync(from, 'text '.repeat(1000));
    expect(await bring(['--from', from])).toMatchObject({
      code: 65,
      stderr: expect.stringMatching(/is not a database/),
    });
  });

  it('changes nothing with a key that is not the database’s', async () => {
    await bring(['--from', goFile(file('go.db'), rows)]);
    const from = goFile(file('go.db'), { projects: [goProject()], tokens: [] });
    const { code, stderr } = await migrate(['import', '--from', from], {
      ...target,
      ...KEYS.old,
    });
    expect({ code, stderr }).toEqual({
      code: 78,
      stderr: expect.stringMatching(/^llm-proxy: ENCRYPTION_KEY is the key [0-9a-f]{8}, but stored values need/),
    });
  });
});
