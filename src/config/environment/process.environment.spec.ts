import { afterEach, describe, expect, it, vi } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetSecrets, processVariables } from './process.environment.js';

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
