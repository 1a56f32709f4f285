import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetSecrets, processVariables, variableSources } from './process.environment.js';

describe(processVariables.name, () => {
  afterEach(() => vi.unstubAllEnvs());

  it('lets the real environment win over the file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-env-'));
    writeFileSync(join(folder, '.env'), 'LOG_LEVEL=warn\nLOG_FORMAT=console\n');
    vi.stubEnv('LOG_LEVEL', 'error');
    vi.stubEnv('LOG_FORMAT', undefined);
    expect(processVariables(join(folder, '.env'))).toMatchObject({ LOG_LEVEL: 'error', LOG_FORMAT: 'console' });
    rmSync(folder, { recursive: true });
  });

  it('forgets the secrets once they are read', () => {
    vi.stubEnv('MANAGEMENT_TOKEN', 'a');
    vi.stubEnv('ENCRYPTION_KEY', 'b');
    forgetSecrets();
    expect(processVariables('/nowhere/.env')).not.toHaveProperty('MANAGEMENT_TOKEN');
    expect(process.env['ENCRYPTION_KEY']).toBeUndefined();
  });
});

describe(variableSources.name, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-sources-'));
  const file = join(folder, '.env');
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the variables of the file that the environment does not have', () => {
    writeFileSync(file, 'LOG_LEVEL=warn\nLOG_FORMAT=console\nWORKERS=\nNO_NAME_OF_OURS=1\n');
    vi.stubEnv('LOG_LEVEL', 'error');
    vi.stubEnv('LOG_FORMAT', '');
    expect(variableSources(file)).toEqual({ LOG_FORMAT: 'file' });
    expect(variableSources(join(folder, 'none'))).toEqual({});
  });

  it('has the secrets that are in a file of their own', () => {
    const secret = join(folder, 'token');
    writeFileSync(secret, 'of-its-file');
    writeFileSync(file, `ENCRYPTION_KEY_FILE=${secret}\n`);
    vi.stubEnv('METRICS_TOKEN_FILE', secret);
    expect(variableSources(file)).toEqual({ ENCRYPTION_KEY: 'file', METRICS_TOKEN: 'file' });
  });

  it('has what PORT and DATABASE_URL of the file imply', () => {
    writeFileSync(file, 'PORT=80\nDATABASE_URL=postgres://h/d\n');
    expect(variableSources(file)).toEqual({ LISTEN_ADDR: 'file', DATABASE_URL: 'file', DB_DRIVER: 'file' });
    vi.stubEnv('PORT', '81');
    vi.stubEnv('DB_DRIVER', 'postgres');
    expect(variableSources(file)).toEqual({ DATABASE_URL: 'file' });
  });
});
