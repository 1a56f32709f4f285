import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import type { CliResult } from '../support/cli.run.js';

describe('the bounds of a token', () => {
  const fixture = CliFixture.forTests({ body: TOKEN });
  const token = async (...argv: string[]): Promise<CliResult> => fixture.manage(['token', ...argv]);

  const models = ['--allowed-model', 'gpt-4o', '--allowed-model', 'gpt-4o-*,o3'];
  const endpoints = ['--allowed-endpoint', '/v1/chat/completions, /v1/threads/**'];
  const networks = ['--allowed-ip', '10.0.0.0/8', '--allowed-ip=2001:db8::/32'];
  const bounds = {
    allowed_models: ['gpt-4o', 'gpt-4o-*', 'o3'],
    allowed_endpoints: ['/v1/chat/completions', '/v1/threads/**'],
    allowed_ips: ['10.0.0.0/8', '2001:db8::/32'],
  };

  it('are given to a new one, repeated or between commas', async () => {
    const { code, stderr } = await token('generate', '--project-id', PROJECT.id, ...models, ...endpoints, ...networks);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(fixture.lastCall.body).toEqual({ project_id: PROJECT.id, ...bounds });
  });

  it('are none of a new one when nothing is said', async () => {
    await token('generate', '--project-id', PROJECT.id);
    expect(fixture.lastCall.body).toEqual({ project_id: PROJECT.id });
  });

  it.each([
    [models, { allowed_models: bounds.allowed_models }],
    [endpoints, { allowed_endpoints: bounds.allowed_endpoints }],
    [networks, { allowed_ips: bounds.allowed_ips }],
    [['--allowed-model', 'any'], { allowed_models: null }],
    [['--allowed-endpoint', 'any'], { allowed_endpoints: null }],
    [['--allowed-ip', 'any', '--name', 'y'], { allowed_ips: null, name: 'y' }],
  ])('are changed with %j, before or after the id', async (flags, body) => {
    for (const argv of [
      [...flags, TOKEN.id],
      [TOKEN.id, ...flags],
    ]) {
      expect(await token('update', ...argv)).toMatchObject({ code: 0, stderr: '' });
      expect(fixture.lastCall).toMatchObject({ method: 'PATCH', url: `/manage/tokens/${TOKEN.id}` });
      expect(fixture.lastCall.body).toEqual(body);
    }
  });

  it('are shown', async () => {
    fixture.api.answer({ body: { ...TOKEN, ...bounds, allowed_ips: null } });
    const { stdout } = await token('get', TOKEN.id);
    expect(stdout).toMatch(/^Models: +gpt-4o, gpt-4o-\*, o3$/m);
    expect(stdout).toMatch(/^Endpoints: +\/v1\/chat\/completions, \/v1\/threads\/\*\*$/m);
    expect(stdout).toMatch(/^Addresses: +any$/m);
  });

  it('are refused in the words of the server', async () => {
    const message = 'allowed_ips[0] must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32';
    fixture.api.answer({ status: 400, body: { error: message, code: 'validation_failed' } });
    expect(await token('update', TOKEN.id, '--allowed-ip', 'localhost')).toEqual({
      code: 1,
      stdout: '',
      stderr: `llm-proxy: ${message} (validation_failed)\n`,
    });
  });
});
