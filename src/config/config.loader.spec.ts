import { describe, expect, it } from 'vitest';
import { EXIT } from '../common/errors/startup.error.js';
import { ConfigError } from './values/config.error.js';
import { loadConfig } from './config.loader.js';
import type { Variables } from './values/variables.js';

const MANAGEMENT_TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1';
const ENCRYPTION_KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)).toString('base64');

/** The problems of a configuration, one line each; none when it is accepted. */
function problems(variables: Variables): readonly string[] {
  try {
    loadConfig({ MANAGEMENT_TOKEN, ...variables });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError) || error.exitCode !== EXIT.config) throw error;
    return error.problems;
  }
}
const warnings = (variables: Variables) => loadConfig({ MANAGEMENT_TOKEN, ENCRYPTION_KEY, ...variables }).warnings;

describe(loadConfig.name, () => {
  it('needs nothing but a management token', () => {
    const { config } = loadConfig({ MANAGEMENT_TOKEN });
    expect(config).toEqual({
      managementToken: MANAGEMENT_TOKEN,
      previousManagementToken: undefined,
      encryptionKey: undefined,
      previousEncryptionKey: undefined,
      workers: 1,
      redis: undefined,
      limits: {
        globalPerMinute: 0,
        addressPerMinute: 0,
        everyToken: undefined,
        keyPrefix: 'ratelimit:',
        keySecret: undefined,
        fallback: true,
      },
      audit: {
        enabled: true,
        file: undefined,
        retentionMs: 0,
        signingKey: undefined,
        hidden: [MANAGEMENT_TOKEN],
        variables: expect.any(Object) as never,
      },
      admin: {
        enabled: true,
        idleMs: 3_600_000,
        maxMs: 12 * 3_600_000,
        rememberMs: 30 * 86_400_000,
        rememberIdleMs: 7 * 86_400_000,
      },
      sources: {},
      listen: { host: '::', port: 8080 },
      trustedProxies: undefined,
      database: {
        driver: 'sqlite',
        path: './data/proxy.db',
        synchronous: 'normal',
        url: '',
        poolSize: 10,
        maxIdle: 5,
        maxLifetimeMs: 3_600_000,
        statementTimeoutMs: 900,
        durability: 'strict',
      },
      log: { level: 'info', format: 'json', file: undefined },
      metrics: { path: '/metrics', token: undefined },
      dispatcher: expect.objectContaining({ services: [] }),
      observability: { enabled: true, capture: 'off', maxRequestBodyBytes: 65_536, maxResponseBodyBytes: 262_144 },
      providers: expect.objectContaining({
        standard: expect.objectContaining({
          name: 'openai',
          policy: undefined,
          deadlines: {
            connectTimeoutMs: 5000,
            headersTimeoutMs: 600_000,
            idleTimeoutMs: 300_000,
            maxDurationMs: 3_600_000,
          },
        }),
      }),
      upstream: {
        origin: 'https://api.openai.com',
        prefix: '',
        allowedPrivateOrigins: [],
        droppedHeaders: [],
        breakerFailures: 5,
      },
      client: {
        stallTimeoutMs: 60_000,
        webSocketIdleMs: 0,
        maxRequestBytes: 0,
        maxConnections: 0,
        maxHeaderBytes: 16_384,
        headersTimeoutMs: 10_000,
        keepAliveMs: 100_000,
      },
      token: {
        defaultLifetimeMs: 2_592_000_000,
        cutOn: { revoke: true, expiry: false },
        staleGraceMs: 60_000,
        warnAt: [20, 5],
        retentionMs: 0,
        headers: false,
      },
      events: {
        bus: 'outbox',
        bufferSize: 1000,
        durability: 'batched',
        keepMs: 24 * 3_600_000,
        maxAgeMs: 7 * 24 * 3_600_000,
        maxBytes: 2 * 1024 ** 3,
        usageKeepMs: 400 * 24 * 3_600_000,
        bodiesKeepMs: 86_400_000,
        bodiesMaxBytes: 64 * 1024 ** 2,
      },
      prices: { path: undefined },
      stop: { preStopDelayMs: 0, drainTimeoutMs: 120_000 },
    });
    expect(Object.isFrozen(config) && Object.isFrozen(config.upstream)).toBe(true);
  });

  it.each<[Variables, RegExp]>([
    [{ DB_DRIVER: 'postgres' }, /^DATABASE_URL is required when DB_DRIVER=postgres$/],
    [
      { DB_DRIVER: 'sqlite', DATABASE_URL: 'postgres://u:secret@h/db' },
      /^DATABASE_URL is set, but DB_DRIVER is sqlite/,
    ],
    [
      { DB_DRIVER: 'mysql', DATABASE_URL: 'postgres://u:secret@h/db' },
      /^DATABASE_URL must begin with mysql:\/\/ when DB_DRIVER=mysql$/,
    ],
    [
      { DB_DRIVER: 'postgres', DATABASE_URL: 'mysql://u:secret@h/db' },
      /^DATABASE_URL must begin with postgres:\/\/ when DB_DRIVER=postgres$/,
    ],
    [{ DB_DRIVER: 'postgres', DATABASE_URL: 'postgres://u:secret@h' }, /^DATABASE_URL must be the URL of a database/],
    [
      { DB_DRIVER: 'postgres', DATABASE_URL: 'postgres://u:secret@h/db?sslrootcert=/no/such/ca.pem' },
      /^DATABASE_URL names a file in sslrootcert that cannot be read \(ENOENT\)$/,
    ],
    [{ WORKERS: '2' }, /^WORKERS must be 1 when DB_DRIVER=sqlite: only one process can use a SQLite file$/],
    [{ REDIS_URL: 'http://localhost' }, /^REDIS_URL must be the URL of a Redis/],
    [{ REDIS_URL: 'redis://u:secret@h:6379/abc' }, /^REDIS_URL must be the URL of a Redis/],
    [{ REDIS_URL: 'redis://u:secret@h:6379/1/2' }, /^REDIS_URL must be the URL of a Redis/],
    [{ REDIS_URL: 'redis://u:secret%ff@h:6379/1' }, /^REDIS_URL must be the URL of a Redis/],
    [{ ENCRYPTION_KEY: undefined, REQUIRE_ENCRYPTION_KEY: 'true' }, /^ENCRYPTION_KEY is required when REQUIRE/],
    [
      { ENCRYPTION_KEY, ENCRYPTION_KEY_PREVIOUS: ENCRYPTION_KEY },
      /^ENCRYPTION_KEY_PREVIOUS must differ from ENCRYPTION_KEY$/,
    ],
    [{ ENCRYPTION_KEY: undefined, ENCRYPTION_KEY_PREVIOUS: ENCRYPTION_KEY }, /^ENCRYPTION_KEY_PREVIOUS needs/],
  ])('refuses %o with one line that shows no secret', (variables, line) => {
    expect(problems(variables)).toEqual([expect.stringMatching(line)]);
  });

  it('BS-01 names the management token that is missing', () => {
    expect(problems({ MANAGEMENT_TOKEN: undefined })).toEqual([expect.stringMatching(/^MANAGEMENT_TOKEN is required/)]);
  });

  it('reports all problems at once, one line a variable', () => {
    const lines = problems({
      MANAGEMENT_TOKEN: undefined,
      LOG_LEVEL: 'loud',
      LISTEN_ADDR: 'nowhere',
      DRAIN_TIMEOUT: '-1s',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    });
    expect(new Set(lines.map((line) => line.split(' ')[0]!.split('=')[0]))).toEqual(
      new Set(['DRAIN_TIMEOUT', 'LISTEN_ADDR', 'LOG_LEVEL', 'MANAGEMENT_TOKEN', 'NODE_TLS_REJECT_UNAUTHORIZED']),
    );
    expect(lines).toHaveLength(5);
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  });

  it.each(['changeme', 'tiny-token', 'a'.repeat(40), 'your-management-token-0123456789abcdef'])(
    'BS-02 refuses the weak token %s in production, and warns elsewhere',
    (token) => {
      expect(problems({ MANAGEMENT_TOKEN: token, ENCRYPTION_KEY, NODE_ENV: 'production' })).toEqual([
        expect.stringMatching(/^MANAGEMENT_TOKEN is/),
      ]);
      const said = warnings({ MANAGEMENT_TOKEN: token });
      expect(said).toContainEqual(expect.stringMatching(/^MANAGEMENT_TOKEN is/));
      expect(said.join()).not.toContain(token);
    },
  );

  it.each([
    ['MANAGEMENT_TOKEN', 'with space'],
    ['MANAGEMENT_TOKEN', 'with,comma'],
    ['MANAGEMENT_TOKEN', 'ümlaut'],
    ['MANAGEMENT_TOKEN', 'line\nbreak'],
    ['ENCRYPTION_KEY', 'short'],
    ['ENCRYPTION_KEY', 'not base64 at all, not base64 at all!!'],
    ['ENCRYPTION_KEY', Buffer.alloc(31, 'abcdefghijkl').toString('base64')],
    ['ENCRYPTION_KEY', Buffer.alloc(33, 'abcdefghijkl').toString('base64')],
    ['ENCRYPTION_KEY', Buffer.alloc(32).toString('base64')],
    ['ENCRYPTION_KEY', Buffer.alloc(32, 'ab').toString('base64')],
    ['ENCRYPTION_KEY', Buffer.alloc(32, 'abcdefghijkl').toString('hex')],
    ['ENCRYPTION_KEY', ` ${ENCRYPTION_KEY}`],
  ])('BS-04 refuses %s=%j without repeating it', (name, value) => {
    const lines = problems({ [name]: value });
    expect(lines).toEqual([expect.stringMatching(`^${name} `)]);
    expect(lines.join()).not.toContain(value.padEnd(6, '\0'));
  });

  it('BS-04 refuses one secret for two purposes', () => {
    expect(problems({ MANAGEMENT_TOKEN: ENCRYPTION_KEY, ENCRYPTION_KEY })).toEqual([
      'ENCRYPTION_KEY must differ from MANAGEMENT_TOKEN',
    ]);
  });

  it('requires an encryption key in production, and warns without one elsewhere', () => {
    expect(problems({ NODE_ENV: 'production' })).toEqual(['ENCRYPTION_KEY is required when NODE_ENV=production']);
    expect(warnings({ ENCRYPTION_KEY: undefined })).toContainEqual(expect.stringMatching(/^ENCRYPTION_KEY is not set/));
  });

  it('BS-05 warns of a misspelt name with the nearest one, and refuses it in strict mode', () => {
    expect(warnings({ ENCRYPTON_KEY: 'x', HOME: '/root' })).toContain(
      'ENCRYPTON_KEY is not known: did you mean ENCRYPTION_KEY?',
    );
    expect(problems({ ENCRYPTON_KEY: 'x', CONFIG_STRICT: 'true' })).toEqual([
      'ENCRYPTON_KEY is not known: did you mean ENCRYPTION_KEY?',
    ]);
  });

  it('BS-07 warns of an address that other machines reach over unencrypted HTTP', () => {
    expect(warnings({})).toContainEqual(expect.stringMatching(/^LISTEN_ADDR is reachable/));
    for (const LISTEN_ADDR of ['127.0.0.1:8080', '[::1]:8080', 'localhost:8080'])
      expect(warnings({ LISTEN_ADDR })).toEqual([]);
    expect(warnings({ TRUSTED_PROXIES: '10.0.0.1' })).toEqual([]);
  });

  it('BS-08 refuses to switch TLS verification off', () => {
    expect(problems({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED=0 is refused/),
    ]);
    expect(problems({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([]);
  });
});
