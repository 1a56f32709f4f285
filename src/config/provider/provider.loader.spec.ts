import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../common/errors/startup.error.js';
import type { AppConfig } from '../app.config.js';
import { ConfigError } from '../values/config.error.js';
import { loadConfig } from '../config.loader.js';
import type { Variables } from '../values/variables.js';
import { readProviderFile } from './provider.loader.js';

const MANAGEMENT_TOKEN = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MDEyMzQ1';
const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-providers-'));
const path = join(folder, 'providers.yaml');
const BASE = 'base_url: https://a.example/gateway/';

function load(yaml: string, variables: Variables = {}): AppConfig {
  writeFileSync(path, yaml);
  return loadConfig({ MANAGEMENT_TOKEN, API_CONFIG_PATH: path, ...variables }).config;
}

/** The problems of a file, one line each; none when it is accepted. */
function problems(yaml: string, variables: Variables = {}): readonly string[] {
  try {
    load(yaml, variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError && error.exitCode === EXIT.config) return error.problems;
    throw error;
  }
}

describe(readProviderFile.name, () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads every key', () => {
    const { providers, upstream } = load(`
      default_api: b
      apis:
        a: {${BASE}}
        b:
          base_url: https://b.example
          allowed_endpoints: [/v1/models, /v1/files/*]
          allowed_methods: [get, POST]
          param_whitelist: {model: [gpt-*], n: [1], stream: [false]}
          allowed_origins: ['https://app.example:8443', 'chrome-extension://abcdef']
          required_headers: [Origin]
          timeouts: {connect: 1s, response_header: 2s, idle: 3s, stream: 4m}
          connection: {max_connections: 7, idle_timeout: 5s, max_age: 9s}
          proxy: http://u:p@proxy.example:3128
          allow_organization: true
          stream_usage: inject`);
    const a = providers.get('a')!;
    expect(a).toMatchObject({ origin: 'https://a.example', prefix: '/gateway', policy: undefined });
    expect(a.deadlines).toEqual({
      connectTimeoutMs: 5000,
      headersTimeoutMs: 600_000,
      idleTimeoutMs: 300_000,
      maxDurationMs: 3_600_000,
    });
    const b = providers.get(null)!;
    expect([b.name, upstream.origin]).toEqual(['b', 'https://b.example']);
    expect(b.deadlines).toEqual({
      connectTimeoutMs: 1000,
      headersTimeoutMs: 2000,
      idleTimeoutMs: 3000,
      maxDurationMs: 240_000,
    });
    expect([a, b].map(({ streamUsage }) => streamUsage)).toEqual(['off', 'inject']);
    expect(b.connections).toEqual({ max: 7, idleTimeoutMs: 5000, maxAgeMs: 9000 });
    expect([a, b].map(({ proxyFor }) => proxyFor('https://b.example')?.host)).toEqual([undefined, 'proxy.example']);
    const policy = b.policy!;
    expect(policy).toMatchObject({ methods: ['GET', 'POST'], requiredHeaders: ['origin'], allowsOrganization: true });
    expect([...policy.origins!]).toEqual(['https://app.example:8443', 'chrome-extension://abcdef']);
    expect(policy.params.map(({ name, allows }) => [name, allows('gpt-4'), allows(1), allows(false)])).toEqual([
      ['model', true, false, false],
      ['n', false, true, false],
      ['stream', false, false, true],
    ]);
    expect(providers.get('c')).toBeUndefined();
    expect(providers.get('__proto__')).toBeUndefined();
  });

  it('the standard provider is DEFAULT_API_PROVIDER, default_api, openai, or the only one', () => {
    const standard = (yaml: string, variables: Variables = {}) => load(yaml, variables).providers.standard.name;
    const two = `apis: {a: {${BASE}}, openai: {${BASE}}}`;
    expect(standard(two)).toBe('openai');
    expect(standard(`default_api: a\n${two}`)).toBe('a');
    expect(standard(`default_api: a\n${two}`, { DEFAULT_API_PROVIDER: 'openai' })).toBe('openai');
    expect(standard(`apis: {only: {${BASE}}}`)).toBe('only');
    expect(problems(`apis: {a: {${BASE}}, b: {${BASE}}}`)).toEqual([
      expect.stringContaining('default_api is required'),
    ]);
    expect(problems(two, { DEFAULT_API_PROVIDER: 'c' })).toEqual([
      'DEFAULT_API_PROVIDER c is not the name of a provider',
    ]);
    expect(() => loadConfig({ MANAGEMENT_TOKEN, DEFAULT_API_PROVIDER: 'c' })).toThrow(ConfigError);
    expect(loadConfig({ MANAGEMENT_TOKEN, DEFAULT_API_PROVIDER: 'openai' }).config.providers.standard.name).toBe(
      'openai',
    );
  });

  it('takes STREAM_USAGE for a provider whose section says nothing', () => {
    const yaml = `default_api: a\napis: {a: {${BASE}}, b: {${BASE}, stream_usage: off}, c: {${BASE}, stream_usage: inject}}`;
    const uses = (variables: Variables) => load(yaml, variables).providers.all.map(({ streamUsage }) => streamUsage);
    expect(uses({ STREAM_USAGE: 'require' })).toEqual(['require', 'off', 'inject']);
    expect(uses({ STREAM_USAGE: 'inject', OBSERVABILITY_ENABLED: 'false' })).toEqual(['off', 'off', 'off']);
    const { standard } = loadConfig({ MANAGEMENT_TOKEN, STREAM_USAGE: 'require' }).config.providers;
    expect([standard.streamUsage, standard.policy?.params]).toEqual(['require', []]);
    expect(() => loadConfig({ MANAGEMENT_TOKEN, STREAM_USAGE: 'on' })).toThrow('STREAM_USAGE');
  });

  it('warns of an OPENAI_API_URL that nothing reads', () => {
    writeFileSync(path, `apis: {a: {${BASE}}}`);
    const { warnings } = loadConfig({ MANAGEMENT_TOKEN, API_CONFIG_PATH: path, OPENAI_API_URL: 'https://x.example' });
    expect(warnings).toContainEqual(expect.stringMatching(/^OPENAI_API_URL is not used/));
  });

  it('refuses a file that is missing or cannot be read', () => {
    const missing = join(folder, 'missing.yaml');
    expect(problems('', { API_CONFIG_PATH: missing })).toEqual([`API_CONFIG_PATH ${missing}: cannot be read (ENOENT)`]);
    expect(problems('', { API_CONFIG_PATH: folder })).toEqual([`API_CONFIG_PATH ${folder}: cannot be read (EISDIR)`]);
  });

  it.each([
    ['', 'is not YAML'],
    ['{}', 'apis must contain'],
    ['just text', 'must be a map'],
    ['apis: [', 'is not YAML'],
    ['apis: {a: 1, a: 2}', 'is not YAML'],
    ['apis: {}', 'apis must contain'],
    [`api: {a: {${BASE}}}`, 'api is not a known key'],
    [`default_api: b\napis: {a: {${BASE}}}`, 'default_api must be the name'],
    [`apis: {A B: {${BASE}}}`, 'apis.A B is not a valid name'],
    [`apis: {__proto__: {${BASE}}}`, 'apis.__proto__ is not a valid name'],
    ['apis: {a: }', 'apis.a must be a section'],
    ['apis: {a: {}}', 'apis.a.base_url is required'],
  ])('refuses %j: %s', (yaml, why) => {
    const lines = problems(yaml);
    expect(lines[0]).toContain(`API_CONFIG_PATH ${path}: ${why}`);
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  });

  it.each([
    ['base_url: ftp://a', 'base_url must begin with'],
    [`${BASE}, stream_usage: on`, 'stream_usage must be off, inject or require'],
    ['base_url: https://u:p@a', 'base_url must not contain a user name'],
    ['base_url: https://a/v1', 'base_url must not end with /v1'],
    ['allowed_endpoint: [/v1/models]', 'allowed_endpoint is not a known key'],
    ['allowed_endpoints: []', 'allowed_endpoints must be a list'],
    ['allowed_endpoints: /v1/models', 'allowed_endpoints must be a list'],
    ['allowed_endpoints: [/v1/models, models]', 'allowed_endpoints[1] must be a path'],
    ['allowed_endpoints: [/v1/models/]', 'allowed_endpoints[0] must have segments without'],
    ['allowed_endpoints: [/v1/a, /v1/a]', 'allowed_endpoints must not contain an entry twice'],
    ['allowed_methods: [FETCH]', 'allowed_methods[0] must be one of'],
    ['param_whitelist: [model]', 'param_whitelist must map'],
    ['param_whitelist: {}', 'param_whitelist must contain'],
    ['param_whitelist: {model: gpt-4o}', 'param_whitelist.model must be a list'],
    ['param_whitelist: {model: [null]}', 'param_whitelist.model[0] must be text'],
    ['param_whitelist: {"a b": [x]}', 'param_whitelist.a b is not a valid name'],
    ['allowed_origins: ["*"]', 'allowed_origins[0] must be an origin'],
    ['allowed_origins: ["null"]', 'allowed_origins[0] must be an origin'],
    ['allowed_origins: [https://a.example/]', 'allowed_origins[0] must be an origin'],
    ['allowed_origins: [https://a.example:443]', 'allowed_origins[0] must be an origin'],
    ['allowed_origins: [https://A.example]', 'allowed_origins[0] must be an origin'],
    ['allowed_origins: ["https://*.example"]', 'allowed_origins[0] must be an origin'],
    ['required_headers: [a b]', 'required_headers[0] must be the name of a header'],
    ['timeouts: {connect: soon}', 'timeouts.connect must be a duration'],
    ['timeouts: {request: 5s}', 'timeouts.request is not a known key'],
    ['timeouts: 5s', 'timeouts'],
    ['timeouts: ', 'timeouts must be a section'],
    ['connection: {max_connections: 0}', 'connection.max_connections must be a whole number'],
    ['allow_organization: "yes"', 'allow_organization must be true or false'],
  ])('refuses the key %s', (entry, why) => {
    const yaml = entry.startsWith('base_url') ? `apis: {a: {${entry}}}` : `apis: {a: {${BASE}, ${entry}}}`;
    expect(problems(yaml)).toEqual(
      [`API_CONFIG_PATH ${path}: apis.a.${why}`].map((line) => expect.stringContaining(line) as string),
    );
  });

  it('BD-13 refuses a glob of 5,000 characters', () =>
    expect(problems(`apis: {a: {${BASE}, param_whitelist: {model: ["${'*a'.repeat(2500)}"]}}}`)).toHaveLength(1));

  it('reports all problems at once', () =>
    expect(problems('x: 1\napis: {a: {base_url: nowhere, y: 2}, b: {timeouts: {idle: 0s}}}')).toHaveLength(5));
});
