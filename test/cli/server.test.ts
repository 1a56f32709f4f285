import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../../src/config/values/config.error.js';
import { StartupError } from '../../src/common/errors/startup.error.js';
import { cli, scratch } from '../support/cli.run.js';

const serve = vi.hoisted(() =>
  vi.fn<(variables: Record<string, string | undefined>, file?: string, sources?: object) => Promise<void>>(),
);
vi.mock('../../src/process/server.process.js', () => ({ serve }));

describe('llm-proxy server', () => {
  const files = scratch();
  const env = files.file(
    '.env',
    'MANAGEMENT_TOKEN=of-the-file\nLISTEN_ADDR=127.0.0.1:1\nLOG_LEVEL=warn\nDATABASE_PATH=file.db\n',
  );

  beforeEach(() => {
    serve.mockReset().mockResolvedValue();
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => files.remove());

  it('takes flags over the environment over the file', async () => {
    vi.stubEnv('LISTEN_ADDR', '127.0.0.1:2');
    vi.stubEnv('LOG_LEVEL', 'error');
    vi.stubEnv('MANAGEMENT_TOKEN', undefined);
    expect(await cli(['server', '--env', env, '--addr', '127.0.0.1:3'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(serve.mock.lastCall?.[0]).toMatchObject({
      MANAGEMENT_TOKEN: 'of-the-file',
      LISTEN_ADDR: '127.0.0.1:3',
      LOG_LEVEL: 'error',
      DATABASE_PATH: 'file.db',
    });
    expect(serve.mock.lastCall?.[2]).toEqual({
      MANAGEMENT_TOKEN: 'file',
      LISTEN_ADDR: 'flag',
      DATABASE_PATH: 'file',
    });
    await cli(['server', '--env', env, '--db', 'flag.db', '--log-level', 'trace', '--log-file', 'x.log']);
    expect(serve.mock.lastCall?.[0]).toMatchObject({
      DATABASE_PATH: 'flag.db',
      LOG_LEVEL: 'trace',
      LOG_FILE: 'x.log',
    });
  });

  it.each([
    [
      new ConfigError(['LISTEN_ADDR is wrong', 'LOG_LEVEL is wrong']),
      78,
      'llm-proxy: LISTEN_ADDR is wrong\nllm-proxy: LOG_LEVEL is wrong\n',
    ],
    [new StartupError(65, ['the key does not fit the database']), 65, 'llm-proxy: the key does not fit the database\n'],
    [
      new Error('listen EADDRINUSE: address already in use 127.0.0.1:1'),
      1,
      'llm-proxy: listen EADDRINUSE: address already in use 127.0.0.1:1\n',
    ],
    ['no error at all', 1, 'llm-proxy: an unexpected error occurred\n'],
  ])('tells why it does not start: %s', async (error, code, stderr) => {
    serve.mockRejectedValue(error);
    expect(await cli(['server', '--env', env])).toEqual({ code, stdout: '', stderr });
  });

  it('refuses a file that is not there', async () => {
    const missing = files.path('missing.env');
    expect(await cli(['server', '--env', missing])).toEqual({
      code: 78,
      stdout: '',
      stderr: `llm-proxy: ${missing}: no such file\n`,
    });
    expect(serve).not.toHaveBeenCalled();
  });
});
