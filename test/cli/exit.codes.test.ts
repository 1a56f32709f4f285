import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import { cli, type CliResult } from '../support/cli.run.js';

const ID = PROJECT.id;

describe('exit codes and errors', () => {
  const fixture = CliFixture.forTests({ body: {} });
  const { env } = fixture;
  const noToken = fixture.files.file('empty.env', '');
  afterEach(() => vi.restoreAllMocks());

  const project = async (...argv: string[]): Promise<CliResult> => fixture.manage(['project', ...argv]);

  it.each([
    [['--nonsense'], "unknown option '--nonsense'"],
    [['nonsense'], "unknown command 'nonsense'"],
    [['manage', 'projct'], "unknown command 'projct' (Did you mean project?)"],
    [['manage', 'project', 'get'], "missing required argument 'project'"],
    [['manage', 'project', 'get', 'a', 'b'], "too many arguments for 'get'. Expected 1 argument but got 2."],
    [['manage', 'project', 'get', ' ', '--env', env], '<project> must not be empty'],
    [['manage', 'token', 'get'], "missing required argument 'token'"],
    [['manage', 'project', 'create'], "required option '--name <name>' not specified"],
    [['manage', 'project', 'create', '--name', ' '], '--name must not be empty'],
    [['manage', 'project', 'update', ID], 'nothing to change: give at least one option that changes the project'],
    [['manage', 'project', 'update', ID, '--active', 'maybe'], '--active must be true or false'],
    [['manage', 'project', 'list', '--page', '0'], '--page must be a whole number of 1 or more'],
    [['manage', 'token', 'update', ID], 'nothing to change: give at least one option that changes the token'],
    [['manage', 'project', 'update', ID, '--provider', ''], '--provider must not be empty'],
    [['manage', 'token', 'update', ID, '--allowed-model', ''], '--allowed-model must not have an empty entry'],
    [
      ['manage', 'token', 'update', ID, '--allowed-ip', '10.0.0.0/8', '--allowed-ip', 'any'],
      '--allowed-ip must be any alone, or entries without it',
    ],
    [['manage', 'token', 'generate'], "required option '--project <project>' not specified"],
    [['manage', 'token', 'generate', '--project-id', ''], '--project must not be empty'],
    [
      ['manage', 'token', 'generate', '--project-id', ID, '--duration', '525601'],
      '--duration must be a lifetime from 1m to 365d in whole minutes, such as 90m, 12h or 30d; a number alone is in minutes',
    ],
    [
      ['manage', 'token', 'generate', '--project-id', ID, '--expires-at', 'tomorrow'],
      '--expires-at must be an RFC 3339 time such as 2027-01-31T12:00:00Z',
    ],
    [
      ['manage', 'token', 'generate', '--project-id', ID, '--duration', '5', '--expires-at', '2030-01-01T00:00:00Z'],
      '--duration and --expires-at exclude each other',
    ],
    [
      ['manage', 'project', 'list', '--env', env, '--manage-api-base-url', 'ftp://x'],
      '--manage-api-base-url must be an address such as http://localhost:8080',
    ],
    [
      ['manage', 'project', 'list', '--env', noToken],
      `a management token is required: neither the environment nor ${noToken} has MANAGEMENT_TOKEN. Set it, name its file with --env <file>, or use --management-token-file <path>`,
    ],
    [
      ['manage', 'project', 'create', '--name', 'a', '--env', env],
      'OpenAI key: standard input ended before it was read',
    ],
  ])('%j is a usage error', async (argv, sentence) => {
    expect(await cli(argv)).toEqual({ code: 2, stdout: '', stderr: `llm-proxy: ${sentence}\n` });
  });

  it.each([
    [
      400,
      { error: 'Not valid.', code: 'validation_failed', details: [{ field: 'name', message: 'name is long' }] },
      1,
      'Not valid. (validation_failed); name is long',
    ],
    [
      400,
      { error: 'name is long', code: 'validation_failed', details: [{ field: 'name', message: 'name is long' }] },
      1,
      'name is long (validation_failed)',
    ],

    [403, { error: 'No.', code: 'forbidden' }, 3, 'No. (forbidden)'],
    [
      404,
      { error: 'There is no project with this id.', code: 'project_not_found' },
      1,
      'There is no project with this id. (project_not_found)',
    ],
  ])('status %i %j ends with %i', async (status, body, code, sentence) => {
    fixture.api.answer({ status, body });
    expect(await project('get', ID)).toEqual({ code, stdout: '', stderr: `llm-proxy: ${sentence}\n` });
  });

  it.each([
    [302, undefined],
    [500, 'oops\u001b'],
  ])('status %i without an error of the API asks for the address', async (status, body) => {
    fixture.api.answer({ status, body, headers: status === 302 ? { location: 'http://127.0.0.1:1/' } : {} });
    const { code, stderr } = await project('get', ID);
    expect([code, stderr.split('\n')]).toEqual([
      1,
      [
        `llm-proxy: the server responded with HTTP status ${status} (http_${status})`,
        `llm-proxy: The server is ${fixture.api.url} (from --manage-api-base-url). Its response is not that of the management API: is this the right address?`,
        '',
      ],
    ]);
  });

  it('errors are JSON with --json', async () => {
    const details = [{ field: 'name', message: 'name is long' }];
    fixture.api.answer({
      status: 400,
      body: { error: 'Not valid.', code: 'validation_failed', details, request_id: 'r' },
    });
    const { code, stdout, stderr } = await project('get', ID, '--json');
    expect({ code, stdout, stderr: JSON.parse(stderr) as object }).toEqual({
      code: 1,
      stdout: '',
      stderr: { error: 'Not valid.', code: 'validation_failed', details },
    });
    expect(JSON.parse((await cli(['--json'])).stderr)).toEqual({ error: "unknown option '--json'", code: 'usage' });
  });

  it('a list that is none is a failure', async () => {
    fixture.api.answer({ body: { not: 'a list' } });
    expect(await project('list')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'llm-proxy: the server did not respond with a list\n',
    });
  });

  it('a server that is not there ends with 4', async () => {
    const { code, stderr } = await cli([
      'manage',
      'project',
      'list',
      '--env',
      env,
      '--manage-api-base-url',
      'http://127.0.0.1:1',
    ]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^llm-proxy: http:\/\/127\.0\.0\.1:1 cannot be reached: the connection failed\n/);
  });

  it('a connection refused or cut ends with 4', async () => {
    const server = createServer((socket) => socket.destroy());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const list = ['manage', 'project', 'list', '--env', env, '--manage-api-base-url', `http://127.0.0.1:${port}`];
    expect((await cli(list)).code).toBe(4);
    await new Promise((resolve) => server.close(resolve));
    const { code, stdout, stderr } = await cli([...list, '--json']);
    expect({ code, stdout, stderr: JSON.parse(stderr) as unknown }).toEqual({
      code: 4,
      stdout: '',
      stderr: {
        error: `http://127.0.0.1:${port} cannot be reached: the connection is refused (ECONNREFUSED)`,
        code: 'unreachable',
        hint: expect.stringContaining('Is the server running there?') as string,
      },
    });
  });

  it('a server that does not answer in 10 s ends with 4', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      expect(ms).toBe(10_000);
      return AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    });
    expect((await project('list')).stderr).toContain(
      `llm-proxy: ${fixture.api.url} cannot be reached: no response within 10 s\n`,
    );
  });
});
