import { describe, expect, it } from 'vitest';
import { EXIT } from '../common/errors/startup.error.js';
import { ConfigError } from './values/config.error.js';
import { loadConfig } from './config.loader.js';
import { VARIABLES } from './environment/environment.js';
import type { Variables } from './values/variables.js';

const MANAGEMENT_TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1';

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

describe(`${loadConfig.name}, value by value`, () => {
  it.each([
    ['NODE_ENV', 'prod'],
    ['LISTEN_ADDR', '8080'],
    ['LISTEN_ADDR', ':65536'],
    ['LISTEN_ADDR', 'http://127.0.0.1:8080'],
    ['LISTEN_ADDR', '::1:8080:'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', 'proxy.local'],
    ['TRUSTED_PROXIES', '10.0.0.1/8/8'],
    ['DB_DRIVER', 'oracle'],
    ['DATABASE_PATH', '  '],
    ['DATABASE_PATH', 'a\0b'],
    ['DATABASE_PATH', ':memory:'],
    ['DATABASE_PATH', 'file:proxy.db?mode=memory'],
    ['SQLITE_SYNCHRONOUS', 'off'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_FORMAT', 'text'],
    ['OPENAI_API_URL', 'https://api.openai.com/v1'],
    ['OPENAI_API_URL', 'https://u:p@api.openai.com'],
    ['OPENAI_API_URL', 'api.openai.com'],
    ['ALLOWED_PRIVATE_ORIGINS', 'http://10.0.0.1/path'],
    ['ALLOWED_PRIVATE_ORIGINS', '10.0.0.1'],
    ['DROP_REQUEST_HEADERS', 'X-A X-B'],
    ['DROP_REQUEST_HEADERS', '*'],
    ['DROP_REQUEST_HEADERS', 'X-A, auth*'],
    ['DROP_REQUEST_HEADERS', 'Content-Type'],
    ['UPSTREAM_CONNECT_TIMEOUT', '0'],
    ['UPSTREAM_HEADERS_TIMEOUT', '10'],
    ['UPSTREAM_IDLE_TIMEOUT', '-5s'],
    ['STREAM_MAX_DURATION', 'forever'],
    ['STREAM_MAX_DURATION', '25d'],
    ['CLIENT_STALL_TIMEOUT', '0s'],
    ['DRAIN_TIMEOUT', '30d'],
    ['DRAIN_TIMEOUT', '99999999999999d'],
    ['PRE_STOP_DELAY', '30d'],
    ['MAX_REQUEST_SIZE', '-1'],
    ['MAX_REQUEST_SIZE', '10 MB'],
    ['DEFAULT_TOKEN_LIFETIME', '0s'],
    ['DEFAULT_TOKEN_LIFETIME', '59s'],
    ['DEFAULT_TOKEN_LIFETIME', '366d'],
    ['DEFAULT_TOKEN_LIFETIME', '999999999d'],
    ['DATABASE_STATEMENT_TIMEOUT', '601s'],
    ['DATABASE_STATEMENT_TIMEOUT', '0'],
    ['CONFIG_STRICT', 'yes'],
  ])('refuses %s=%s with a line that names it', (name, value) => {
    expect(problems({ [name]: value })).toEqual([expect.stringMatching(`^${name} must `)]);
  });

  it.each([
    ['DEFAULT_TOKEN_LIFETIME', '365d'],
    ['DRAIN_TIMEOUT', '24d'],
    ['DATABASE_STATEMENT_TIMEOUT', '10m'],
    ['PRE_STOP_DELAY', '0'],
    ['MAX_REQUEST_SIZE', '10MB'],
    ['TRUSTED_PROXIES', '10.0.0.0/8, ::1, fd00::/8,'],
    ['ALLOWED_PRIVATE_ORIGINS', 'http://127.0.0.1:11434, https://10.0.0.1'],
    ['DROP_REQUEST_HEADERS', 'X-Employee-Id, X-Corp-*'],
    ['LISTEN_ADDR', '[::]:0'],
    ['OPENAI_API_URL', 'https://gateway.example/openai/'],
  ])('accepts %s=%s', (name, value) => expect(problems({ [name]: value })).toEqual([]));

  it('treats an empty value as an absent one', () => {
    const empty = Object.fromEntries([...VARIABLES, 'PORT', 'ENCRYPTION_KEY_FILE'].map((name) => [name, '']));
    expect(loadConfig({ ...empty, MANAGEMENT_TOKEN })).toEqual(loadConfig({ MANAGEMENT_TOKEN }));
    expect(problems({ ...empty })).toEqual([expect.stringMatching(/^MANAGEMENT_TOKEN is required/)]);
  });

  it('reads addresses', () => {
    const listen = (LISTEN_ADDR: string) => loadConfig({ MANAGEMENT_TOKEN, LISTEN_ADDR }).config.listen;
    expect(listen('127.0.0.1:1')).toEqual({ host: '127.0.0.1', port: 1 });
    expect(listen('[::1]:65535')).toEqual({ host: '::1', port: 65_535 });
    expect(listen('localhost:0')).toEqual({ host: 'localhost', port: 0 });
  });
});
