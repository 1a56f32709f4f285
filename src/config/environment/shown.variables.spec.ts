import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Environment, SECRET_VARIABLES, VARIABLES } from './environment.js';
import { shownVariables } from './shown.variables.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const env = (values: Record<string, string> = {}): Environment =>
  Object.assign(new Environment(), { MANAGEMENT_TOKEN: 'canary-management-token' }, values);

describe(shownVariables.name, () => {
  it('has what differs from its default, and no secret', () => {
    const secrets = Object.fromEntries(SECRET_VARIABLES.map((name) => [name, `canary-${name.toLowerCase()}`]));
    const { values } = shownVariables(env({ ...secrets, ENCRYPTION_KEY: KEY, LOG_LEVEL: 'debug' }));
    expect(Object.keys(values)).toEqual([...SECRET_VARIABLES, 'LOG_LEVEL'].toSorted());
    expect(values['LOG_LEVEL']).toBe('debug');
    for (const name of SECRET_VARIABLES)
      expect(values[name]).toEqual({ set: true, mark: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(JSON.stringify(values)).not.toContain('canary');
    expect(JSON.stringify(values)).not.toContain(KEY);
  });

  it('marks a secret by the encryption key, and not at all without one', () => {
    const one = shownVariables(env({ ENCRYPTION_KEY: KEY, METRICS_TOKEN: 'm' }));
    const same = shownVariables(env({ ENCRYPTION_KEY: KEY, METRICS_TOKEN: 'm' }));
    const other = shownVariables(env({ ENCRYPTION_KEY: KEY, METRICS_TOKEN: 'n' }));
    expect(same).toEqual(one);
    expect(other.values['METRICS_TOKEN']).not.toEqual(one.values['METRICS_TOKEN']);
    expect(one.markedBy?.variable).toBe('ENCRYPTION_KEY');
    const url = 'http://u:canary@h.example';
    expect(shownVariables(env({ METRICS_TOKEN: 'm', UPSTREAM_PROXY: url }))).toEqual({
      values: {
        MANAGEMENT_TOKEN: { set: true },
        METRICS_TOKEN: { set: true },
        UPSTREAM_PROXY: { value: 'http://h.example' },
      },
      markedBy: null,
    });
  });

  it.each([
    ['http://user:canary@proxy.example:8080', 'http://proxy.example:8080'],
    ['http://user:can@ry@proxy.example:8080', 'http://proxy.example:8080'],
    ['user:canary@proxy.example:8080', 'proxy.example:8080'],
    ['https://hooks.example/x?key=canary', 'https://hooks.example/x'],
  ])('cuts %s', (url, value) => {
    const { values } = shownVariables(env({ ENCRYPTION_KEY: KEY, UPSTREAM_PROXY: url }));
    expect(values['UPSTREAM_PROXY']).toEqual({ value, mark: expect.stringMatching(/^[0-9a-f]{8}$/) });
  });

  it('has no credentials of any variable that is a URL', () => {
    const urls = Object.fromEntries(VARIABLES.map((name) => [name, 'https://u:canary@h.example/?k=canary']));
    expect(JSON.stringify(shownVariables(env(urls)))).not.toContain('canary');
  });

  it('has the hash of a file with settings', () => {
    const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-shown-'));
    const path = join(folder, 'prices.yaml');
    writeFileSync(path, 'abc');
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(shownVariables(env({ PRICES_PATH: path })).values['PRICES_PATH']).toEqual({ path, sha256 });
    rmSync(folder, { recursive: true });
    expect(shownVariables(env({ PRICES_PATH: path })).values['PRICES_PATH']).toEqual({ path, sha256: null });
  });
});
