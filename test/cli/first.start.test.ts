import { existsSync, readFileSync, statSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { cli } from '../support/cli.run.js';
import { inEmptyFolder } from '../support/empty.folder.js';

const serve = vi.hoisted(() => vi.fn<(variables: Record<string, string | undefined>) => Promise<void>>());
vi.mock('../../src/process/server.process.js', () => ({ serve }));
// The default port may be in use on this machine.
vi.mock('../../src/cli/setup/port.probe.js', () => ({ assertPortIsFree: async () => Promise.resolve() }));

describe('llm-proxy start', () => {
  const clone = process.cwd();
  inEmptyFolder();
  beforeEach(() => void serve.mockReset().mockResolvedValue());

  it('sets up a new directory, shows the way and serves', async () => {
    const { code, stdout, stderr } = await cli(['start']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(statSync('.env').mode & 0o777).toBe(0o600);
    const variables = serve.mock.lastCall![0];
    expect(readFileSync('.env', 'utf8')).toContain(`MANAGEMENT_TOKEN=${variables['MANAGEMENT_TOKEN']}\n`);
    expect(Buffer.from(variables['ENCRYPTION_KEY']!, 'base64')).toHaveLength(32);
    expect(stdout).not.toContain(variables['MANAGEMENT_TOKEN']);
    expect(stdout).not.toContain(variables['ENCRYPTION_KEY']);
    for (const step of [
      // Typed as it stands: this directory is not the clone.
      `node ${clone}/bin/llm-proxy.cjs manage project create`,
      `node ${clone}/bin/llm-proxy.cjs manage token generate`,
      'curl -N http://127.0.0.1:8080/v1/',
    ])
      expect(stdout).toContain(step);
  });

  it('shows and keeps the address that is in force', async () => {
    vi.stubEnv('LISTEN_ADDR', ':9000');
    expect((await cli(['start', '--db', 'my.db'])).stdout).toContain('curl -N http://localhost:9000/v1/');
    expect(readFileSync('.env', 'utf8')).toMatch(/^LISTEN_ADDR=:9000\n[^]*^DATABASE_PATH=my\.db$/m);
  });

  it('keeps what it wrote at the next start', async () => {
    await cli(['start']);
    const written = readFileSync('.env', 'utf8');
    expect((await cli(['start'])).stdout).toBe('');
    expect(readFileSync('.env', 'utf8')).toBe(written);
    expect(serve).toHaveBeenCalledTimes(2);
  });

  it('makes up nothing in production, nor beside a given token', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await cli(['start']);
    vi.stubEnv('NODE_ENV', undefined);
    vi.stubEnv('MANAGEMENT_TOKEN', 'given');
    await cli(['start']);
    expect(existsSync('.env')).toBe(false);
    expect(serve.mock.calls.map(([variables]) => variables['MANAGEMENT_TOKEN'])).toEqual([undefined, 'given']);
  });
});
