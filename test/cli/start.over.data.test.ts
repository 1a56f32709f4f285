import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { cli } from '../support/cli.run.js';
import { inEmptyFolder } from '../support/empty.folder.js';

const serve = vi.hoisted(() => vi.fn<(variables: Record<string, string | undefined>) => Promise<void>>());
vi.mock('../../src/process/server.process.js', () => ({ serve }));

const FREE = '127.0.0.1:0';

describe('llm-proxy start without its .env', () => {
  inEmptyFolder();
  beforeEach(() => void serve.mockReset().mockResolvedValue());

  const refused = async (...argv: string[]) => {
    const entries = readdirSync('.');
    const { code, stdout, stderr } = await cli(argv);
    expect({ code, stdout, entries: readdirSync('.') }).toEqual({ code: 78, stdout: '', entries });
    expect(serve).not.toHaveBeenCalled();
    return stderr;
  };

  it.each([
    ['start', './data/proxy.db', []],
    ['setup', './data/proxy.db', []],
    ['start', 'other.db', ['--db', 'other.db']],
    ['setup', 'other.db', ['--db', 'other.db']],
  ])('%s makes up no key over the data in %s, and writes nothing', async (command, database, options) => {
    mkdirSync('data');
    writeFileSync(database, 'data');
    expect(await refused(command, ...options)).toBe(
      `llm-proxy: .env is missing, but the database ${database} exists: put the old .env back, or move ${database} away to begin anew\n`,
    );
  });

  it('finds the database that the environment names', async () => {
    writeFileSync('named.db', 'data');
    vi.stubEnv('DATABASE_PATH', 'named.db');
    expect(await refused('start')).toContain('the database named.db exists');
  });

  it('makes up no key for a database server', async () => {
    vi.stubEnv('DATABASE_URL', 'postgres://u:the-password@h/db');
    const line = await refused('start');
    expect(line).toMatch(/^llm-proxy: \.env is missing, and DATABASE_URL names a database that may have data: put/);
    expect(line).not.toContain('the-password');
  });

  it('begins where the database is empty', async () => {
    writeFileSync('empty.db', '');
    expect((await cli(['start', '--db', 'empty.db', '--addr', FREE])).code).toBe(0);
    expect(serve).toHaveBeenCalledTimes(1);
  });

  it('refuses a link to a file that is missing', async () => {
    symlinkSync('gone', '.env');
    expect(await refused('start')).toBe('llm-proxy: .env: is a symbolic link to a file that does not exist\n');
  });

  it('looks at the port before it writes or shows anything', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, stdout, stderr } = await cli(['start', '--addr', address]);
    other.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^llm-proxy: LISTEN_ADDR ${address}: the port is in use: .*--addr\n$`));
    expect(existsSync('.env')).toBe(false);
    expect(serve).not.toHaveBeenCalled();
  });
});
