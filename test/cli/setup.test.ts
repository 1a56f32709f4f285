import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/config.loader.js';
import { cli, type CliResult, elsewhere, scratch } from '../support/cli.run.js';

describe('llm-proxy setup', () => {
  let files: ReturnType<typeof scratch>;
  let folder: ReturnType<typeof elsewhere>;
  let config: string;

  beforeEach(() => {
    files = scratch();
    folder = elsewhere();
    config = files.path('proxy.env');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    folder.leave();
    files.remove();
  });

  const setup = async (...flags: string[]): Promise<CliResult> => cli(['setup', '--config', config, ...flags]);
  const content = (): string => readFileSync(config, 'utf8');
  const mode = (): number => statSync(config).mode & 0o777;

  it('writes a file that a server in production accepts, for its owner only', async () => {
    const { code, stdout, stderr } = await setup();
    const variables = parseEnv(content());
    expect({ code, stderr, mode: mode() }).toEqual({ code: 0, stderr: '', mode: 0o600 });
    expect(variables).toMatchObject({
      LISTEN_ADDR: '127.0.0.1:8080',
      DATABASE_PATH: './data/proxy.db',
      LOG_LEVEL: 'info',
    });
    expect(Buffer.from(variables['MANAGEMENT_TOKEN']!, 'base64url')).toHaveLength(32);
    expect(loadConfig({ ...variables, NODE_ENV: 'production' }).warnings).toEqual([]);
    for (const secret of [variables['MANAGEMENT_TOKEN'], variables['ENCRYPTION_KEY']])
      expect(stdout).not.toContain(secret);
    expect(stdout).toContain(config);
    expect(stdout).toContain('curl -N http://127.0.0.1:8080/v1/');
  });

  it('shows commands that read the file it wrote', async () => {
    const { stdout } = await setup();
    const commands = stdout.split('\n').filter((line) => / \S*llm-proxy\.cjs (?:server|manage) /.test(line));
    expect(commands).toHaveLength(3);
    for (const command of commands) expect(command).toContain(` --env ${config}`);
  });

  it('is never wider than that, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      await setup();
      expect(mode()).toBe(0o600);
    } finally {
      process.umask(umask);
    }
  });

  it('takes address and database from flags', async () => {
    const { stdout } = await setup('--addr', '[::1]:9000', '--db', '/var/lib/my proxy #1/it.db', '--json');
    expect(JSON.parse(stdout)).toEqual({
      config,
      written: ['MANAGEMENT_TOKEN', 'ENCRYPTION_KEY', 'LISTEN_ADDR', 'DATABASE_PATH', 'LOG_LEVEL'],
    });
    expect(parseEnv(content())).toMatchObject({
      LISTEN_ADDR: '[::1]:9000',
      DATABASE_PATH: '/var/lib/my proxy #1/it.db',
    });
  });

  it('keeps every line that is there and adds what is missing', async () => {
    files.file('proxy.env', '# mine\nMANAGEMENT_TOKEN=my-own\nLOG_FORMAT=console\nENCRYPTION_KEY=\nLISTEN_ADDR=":1"');
    chmodSync(config, 0o644);
    expect((await setup('--addr', ':2')).stdout).toContain('Wrote ENCRYPTION_KEY, DATABASE_PATH, LOG_LEVEL to');
    expect(content()).toMatch(
      /^# mine\nMANAGEMENT_TOKEN=my-own\nLOG_FORMAT=console\nENCRYPTION_KEY=[\w+/]{43}=\nLISTEN_ADDR=":1"\n/,
    );
    expect(mode()).toBe(0o600);
    expect(readdirSync(files.path('.'))).toEqual(['proxy.env']);
  });

  it('changes nothing the second time', async () => {
    await setup();
    const first = content();
    expect((await setup()).stdout).toContain('has all values already');
    expect(content()).toBe(first);
  });

  it('renews the management token with --force, and what flags name; never the encryption key', async () => {
    await setup();
    const first = parseEnv(content());
    await setup('--force', '--addr', ':2', '--db', 'other.db');
    expect(parseEnv(content())).toEqual({
      ...first,
      MANAGEMENT_TOKEN: expect.not.stringMatching(first['MANAGEMENT_TOKEN']!) as string,
      LISTEN_ADDR: ':2',
      DATABASE_PATH: 'other.db',
    });
  });

  it('writes through a link', async () => {
    files.file('real.env', 'LOG_LEVEL=warn\n');
    symlinkSync('real.env', config);
    await setup();
    expect(parseEnv(readFileSync(files.path('real.env'), 'utf8'))).toMatchObject({
      LOG_LEVEL: 'warn',
      LISTEN_ADDR: '127.0.0.1:8080',
    });
  });

  it.each([
    [['--addr', 'nowhere'], 2, /^llm-proxy: the listen address must be host:port/],
    [['--addr', ':70000'], 2, /^llm-proxy: the listen address must be host:port/],
    [['--db', ' '], 2, /^llm-proxy: the database path must not be empty/],
    [['--config', '/'], 1, /^llm-proxy: \/ is a directory\n$/],
    [
      ['--config', '/no/such/directory/.env'],
      1,
      /^llm-proxy: \/no\/such\/directory\/.env cannot be written \(ENOENT\)\n$/,
    ],
  ])('refuses %j', async (flags, code, sentence) => {
    expect(await setup(...flags)).toEqual({ code, stdout: '', stderr: expect.stringMatching(sentence) as string });
  });

  it('refuses to change a file it would misread', async () => {
    files.file('proxy.env', 'NOTE="\nLISTEN_ADDR=\n"\n');
    const { code, stderr } = await setup();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/cannot be written: edit the file by hand/) as string,
    });
    expect(content()).toBe('NOTE="\nLISTEN_ADDR=\n"\n');
  });
});
