import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ManagementApi, managementApi, PROJECT, TOKEN } from '../support/cli.api.js';
import { cli, cliTyped, elsewhere, scratch } from '../support/cli.run.js';

const SECRET = 'sk-wt-AbCd0123456789abcdefghijklmnopqrstuvwXyZ';
const OPERATOR = 'kO3v9Q_operator-Zx81LmWq72TyBnRs54';
const KEY = 'sk-proj-canary-key';

describe('llm-proxy setup --interactive', () => {
  let files: ReturnType<typeof scratch>;
  let folder: ReturnType<typeof elsewhere>;
  let config: string;
  let api: ManagementApi;

  beforeAll(async () => {
    api = await managementApi();
  });
  afterAll(async () => api.close());
  beforeEach(() => {
    files = scratch();
    folder = elsewhere();
    config = files.path('.env');
    api.calls.length = 0;
    api.answer(({ url }) => ({ body: url === '/manage/tokens' ? { ...TOKEN, token: SECRET } : PROJECT }));
  });
  afterEach(() => {
    folder.leave();
    files.remove();
  });

  const address = (): string => api.url.replace('http://', '');
  const piped = (...lines: string[]): string => `${lines.join('\n')}\n`;
  const content = (): NodeJS.Dict<string> => parseEnv(readFileSync(config, 'utf8'));

  it('asks for everything, then makes the first project and token on the server that runs', async () => {
    const input = piped(config, OPERATOR, address(), 'my.db', 'y', 'First', KEY, '60', '10');
    const { code, stdout, stderr } = await cli(['setup', '--interactive'], input);
    expect(code).toBe(0);
    expect(content()).toMatchObject({ MANAGEMENT_TOKEN: OPERATOR, LISTEN_ADDR: address(), DATABASE_PATH: 'my.db' });
    expect(api.calls).toEqual([
      { method: 'GET', url: '/ready', authorization: undefined, body: undefined },
      {
        method: 'POST',
        url: '/manage/projects',
        authorization: `Bearer ${OPERATOR}`,
        body: { name: 'First', api_key: KEY },
      },
      {
        method: 'POST',
        url: '/manage/tokens',
        authorization: `Bearer ${OPERATOR}`,
        body: { project_id: PROJECT.id, duration_minutes: 60, max_requests: 10 },
      },
    ]);
    expect(stdout.split(SECRET)).toHaveLength(2);
    for (const secret of [OPERATOR, KEY]) expect(stdout + stderr).not.toContain(secret);
  });

  it('takes Enter for what is proposed, and the end of the input too', async () => {
    const { code } = await cli(
      ['setup', '--interactive', '--config', config, '--addr', address()],
      piped('', '', '', '', '', '', KEY),
    );
    expect(code).toBe(0);
    expect(content()).toMatchObject({ LISTEN_ADDR: address(), DATABASE_PATH: './data/proxy.db' });
    expect(api.calls.slice(1).map((call) => call.body)).toEqual([
      { name: 'my-project', api_key: KEY },
      { project_id: PROJECT.id, duration_minutes: 1440, max_requests: null },
    ]);
  });

  it('shows old secrets masked and keeps them, and every other line, on Enter', async () => {
    files.file(
      '.env',
      `# mine\nMANAGEMENT_TOKEN=${OPERATOR}\nLOG_FORMAT=console\nLISTEN_ADDR=:9000\nDATABASE_PATH=old.db\n`,
    );
    const { code, stderr } = await cli(['setup', '--interactive', '--config', config], piped('', '', '', '', 'n'));
    expect(code).toBe(0);
    expect(stderr).toContain('Management token (not shown) [Enter keeps …nRs54'.slice(0, -5));
    expect(stderr).not.toContain(OPERATOR);
    expect(stderr).toContain('Listen address [:9000]: ');
    expect(content()).toMatchObject({
      MANAGEMENT_TOKEN: OPERATOR,
      LOG_FORMAT: 'console',
      LISTEN_ADDR: ':9000',
      DATABASE_PATH: 'old.db',
    });
    expect(api.calls).toEqual([]);
  });

  it('replaces what is answered anew', async () => {
    files.file('.env', `MANAGEMENT_TOKEN=old\nLISTEN_ADDR=:9000\n`);
    await cli(['setup', '--interactive', '--config', config], piped('', OPERATOR, ':9001', '', 'no'));
    expect(content()).toMatchObject({ MANAGEMENT_TOKEN: OPERATOR, LISTEN_ADDR: ':9001' });
  });

  it.each([
    [['', 'short'], /^the management token is shorter than 32 characters: generate one with `\S.*llm-proxy\S* setup`$/],
    [['', `${OPERATOR},x`], /^the management token must not contain a comma$/],
    [['', '', 'nowhere'], /^the listen address must be host:port, :port or \[v6\]:port$/],
    [['', '', '', '', 'perhaps'], /^answer y or n$/],
    [['', '', '', '', 'y', ''], /^the OpenAI key must be one line of visible ASCII characters$/],
  ])('does not ask a pipe twice: %j', async (lines, sentence) => {
    const { code, stderr } = await cli(['setup', '--interactive', '--config', config], piped(...lines));
    expect(code).toBe(2);
    const last = stderr.split('\n').at(-2)!;
    expect(last).toMatch(/^llm-proxy: /);
    expect(last.slice('llm-proxy: '.length)).toMatch(sentence);
  });

  it('asks a person again', async () => {
    const { code, stderr } = await cliTyped(['setup', '--interactive', '--config', config], {
      'Configuration file': '\r',
      'Management token': '\r',
      'Listen address': 'nowhere\r',
      'host:port, :port or': '127.0.0.1:9000\r',
      'Database file': '\r',
      'Create a first': 'n\r',
    });
    expect(code).toBe(0);
    expect(stderr).toContain('  the listen address must be host:port');
    expect(content()).toMatchObject({ LISTEN_ADDR: '127.0.0.1:9000' });
  });

  it('tells what the server refuses', async () => {
    api.answer({ status: 409, body: { error: 'A project with this name already exists.', code: 'project_exists' } });
    const input = piped('', OPERATOR, address(), '', 'y', '', KEY);
    const { code, stdout, stderr } = await cli(['setup', '--interactive', '--config', config], input);
    expect(code).toBe(1);
    expect(stderr).toContain('llm-proxy: A project with this name already exists. (project_exists)\n');
    expect(stdout).toContain('Wrote MANAGEMENT_TOKEN');
  });
});
