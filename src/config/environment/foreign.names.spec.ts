import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config.loader.js';
import { foreignNames } from './foreign.names.js';
import type { Variables } from '../values/variables.js';

const REQUIRED = {
  MANAGEMENT_TOKEN: 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1',
  ENCRYPTION_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)).toString('base64'),
};
const load = (variables: Variables) => loadConfig({ ...REQUIRED, TRUSTED_PROXIES: '10.0.0.1', ...variables });

describe('habits of platforms', () => {
  it('listens on PORT when LISTEN_ADDR is not set', () => {
    expect(load({ PORT: '3000', LISTEN_ADDR: '' })).toMatchObject({
      config: { listen: { host: '::', port: 3000 } },
      warnings: [],
    });
    expect(load({ PORT: '3000', LISTEN_ADDR: '127.0.0.1:80' })).toMatchObject({
      config: { listen: { host: '127.0.0.1', port: 80 } },
      warnings: ['PORT is not used: LISTEN_ADDR is set'],
    });
    expect(load({ PORT: '80', LISTEN_ADDR: ':80' }).warnings).toEqual([]);
  });

  it.each(['eighty', '65536', 'tcp://10.0.0.1:80', '-1'])('refuses PORT=%s by its name', (PORT) =>
    expect(() => load({ PORT })).toThrow(/^PORT must be a port up to 65535/),
  );

  it.each([
    ['postgres://u:p@h/db', 'postgres'],
    ['postgresql://u:p@h/db', 'postgres'],
    ['mysql://u:p@h/db', 'mysql'],
    ['mariadb://u:p@h/db', 'mysql'],
  ])('DATABASE_URL=%s implies the driver %s', (DATABASE_URL, driver) =>
    expect(load({ DATABASE_URL }).config.database).toMatchObject({ driver, url: DATABASE_URL }),
  );

  it('a DATABASE_URL of a file is refused with the variable for it', () =>
    expect(() => load({ DATABASE_URL: 'sqlite:///data/x.db' })).toThrow(
      expect.objectContaining({ problems: [expect.stringMatching(/^DATABASE_URL must be .*DATABASE_PATH$/)] }),
    ));
});

describe(foreignNames.name, () => {
  it.each(['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'HOST', 'REDIS_TLS_URL', 'HTTP_PORT', 'REQUEST_TIMEOUT', 'REDIS_ADDR'])(
    'says where the value of %s belongs, and never shows it',
    (name) => {
      const { warnings } = load({ [name]: 'the-value' });
      expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${name} is not read: `))]);
      expect(warnings.join()).not.toContain('the-value');
    },
  );

  it('names the other variables of the Go system in one line', () => {
    expect(load({ LLM_PROXY_API_KEY_CACHE_TTL: '1s', REDIS_SCAN_COUNT: '1', DEBUG: '' }).warnings).toEqual([
      'LLM_PROXY_API_KEY_CACHE_TTL, REDIS_SCAN_COUNT: not read here, although the Go system has such a name',
    ]);
  });

  it('ignores what Kubernetes sets for a service', () =>
    expect(load({ REDIS_PORT: 'tcp://10.0.0.1:6379' }).warnings).toEqual([]));

  it('says that only secrets are read from files', () =>
    expect(load({ LISTEN_ADDR_FILE: '/x' }).warnings).toEqual([
      'LISTEN_ADDR_FILE is not read: only secrets are read from a file',
    ]));

  it('warns of a misspelt name of a secret file', () =>
    expect(load({ ENCRYPTON_KEY_FILE: '/x' }).warnings).toEqual([
      'ENCRYPTON_KEY_FILE is not known: did you mean ENCRYPTION_KEY_FILE?',
    ]));
});
