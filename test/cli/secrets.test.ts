import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';
import { cli, cliTyped } from '../support/cli.run.js';

const CANARY = 'sk-Canary0123456789';

describe('secrets', () => {
  const fixture = CliFixture.forTests({ body: PROJECT });
  const { files, env } = fixture;
  const noToken = files.file('empty.env', '');

  it.each([
    [[CANARY]],
    [['manage', CANARY]],
    [['manage', 'project', 'create', '--name', 'a', `--openai-key=${CANARY}`]],
    [['manage', 'project', 'create', '--name', 'a', `--openai-key=it's '${CANARY}'`]],
    [['manage', 'project', 'create', '--name', 'a', `-k${CANARY}`]],
    [['manage', 'project', 'create', '--name', 'a', CANARY]],
    [['manage', 'project', 'create', '--name', 'a', '--env', env, '--openai-key-file', CANARY]],
    [['manage', 'project', 'list', '--env', env, '--management-token-file', CANARY]],
    [['manage', 'project', 'list', '--env', env, '--manage-api-base-url', `http://x:${CANARY}@localhost`]],
    [['manage', 'project', 'list', '--env', env, '--manage-api-base-url', `http://localhost/?key=${CANARY}`]],
  ])('SL-14 in the wrong place are not repeated: %j', async (argv) => {
    const { code, stdout, stderr } = await cli(argv);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(CANARY);
    expect(stderr).toMatch(/^llm-proxy: .+\n$/);
  });

  it.each([
    ['--openai-key', '--openai-key-file'],
    ['--api-key', '--openai-key-file'],
    ['--management-token', '--management-token-file'],
    ['--token', '--management-token-file'],
  ])('as the value of %s are refused with the safe way', async (flag, file) => {
    for (const argv of [[flag, CANARY], [`${flag}=${CANARY}`]]) {
      const { code, stderr } = await cli(['manage', 'project', 'create', '--name', 'a', ...argv]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `llm-proxy: unknown option '${flag}': a secret is not an argument, because every user of this machine can see arguments; use ${file} <path>, or ${file} - and standard input\n`,
      });
    }
  });

  it('that do not fit a header are not repeated', async () => {
    const broken = files.file('broken.env', `MANAGEMENT_TOKEN="${CANARY}\nmore"\n`);
    const { code, stderr } = await cli([
      'manage',
      'project',
      'list',
      '--env',
      broken,
      '--manage-api-base-url',
      fixture.api.url,
    ]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'llm-proxy: MANAGEMENT_TOKEN must be one line of visible ASCII characters\n',
    });
  });

  it('SL-14 typed at a prompt are not shown', async () => {
    const argv = [
      'manage',
      'project',
      'create',
      '--name',
      'a',
      '--env',
      noToken,
      '--manage-api-base-url',
      fixture.api.url,
    ];
    const { code, stdout, stderr } = await cliTyped(argv, {
      'Management token': 'operator-typed\r',
      'OpenAI key': `${CANARY}\r`,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Management token (not shown): \nOpenAI key (not shown): \n' });
    expect(stdout).not.toContain(CANARY);
    expect(fixture.lastCall).toMatchObject({ authorization: 'Bearer operator-typed', body: { api_key: CANARY } });
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s at a prompt ends with 130', async (_, typed) => {
    const argv = ['manage', 'project', 'list', '--env', noToken, '--manage-api-base-url', fixture.api.url];
    const { code, stderr } = await cliTyped(argv, { 'Management token': typed });
    expect(code).toBe(130);
    expect(stderr).toContain('llm-proxy: interrupted\n');
  });
});
