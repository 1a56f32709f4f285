import { afterEach, describe, expect, it, vi } from 'vitest';
import { CliFixture } from '../support/cli.fixture.js';
import { cli, cliOnScreen } from '../support/cli.run.js';

const REFUSAL = { error: 'A valid management token is required.', code: 'unauthorized' };

describe('a refused credential', () => {
  const fixture = CliFixture.forTests({ status: 401, body: REFUSAL });
  const list = ['manage', 'project', 'list'];
  const url = (): string[] => ['--manage-api-base-url', fixture.api.url];
  afterEach(() => vi.unstubAllEnvs());

  it('is named with its file and the server', async () => {
    const { code, stderr } = await fixture.manage(['project', 'list']);
    expect({ code, lines: stderr.split('\n') }).toEqual({
      code: 3,
      lines: [
        'llm-proxy: A valid management token is required. (unauthorized)',
        `llm-proxy: The server is ${fixture.api.url} (from --manage-api-base-url); the token is from MANAGEMENT_TOKEN in ${fixture.env}. --env <file> or --management-token-file <path> names another one.`,
        '',
      ],
    });
  });

  it('is named as the variable of the environment, which has precedence', async () => {
    vi.stubEnv('MANAGEMENT_TOKEN', 'of-the-environment');
    const { stderr } = await fixture.manage(['project', 'list']);
    expect(stderr).toContain('the token is from MANAGEMENT_TOKEN in the environment.');
    expect(stderr).not.toContain('of-the-environment');
  });

  it('is named as a file or standard input', async () => {
    const file = fixture.files.file('token', 'other-token\n');
    expect((await cli([...list, ...url(), '--management-token-file', file])).stderr).toContain(
      `the token is from --management-token-file ${file}.`,
    );
    expect((await cli([...list, ...url(), '--management-token-file', '-'], 'piped\n')).stderr).toContain(
      'the token is from standard input.',
    );
  });

  it('is in the hint of a JSON error', async () => {
    const { stderr } = await fixture.manage(['project', 'list', '--json']);
    expect(JSON.parse(stderr)).toEqual({ ...REFUSAL, hint: expect.stringContaining(fixture.env) as string });
  });

  it('that is missing is looked for by name: file and environment', async () => {
    vi.stubEnv('MANAGEMENT_TOKEN', undefined);
    const before = process.cwd();
    process.chdir(fixture.files.path('.'));
    fixture.files.file('other.env', '');
    try {
      expect((await cli([...list, ...url(), '--env', 'other.env'])).stderr).toMatch(
        /neither the environment nor \/\S+\/other\.env has MANAGEMENT_TOKEN\. Set it, name its file with --env <file>/,
      );
    } finally {
      process.chdir(before);
    }
  });

  it('that is missing because there is no .env says so, and at a terminal asks', async () => {
    vi.stubEnv('MANAGEMENT_TOKEN', undefined);
    const before = process.cwd();
    process.chdir(folderWithoutEnv());
    try {
      const { code, stderr } = await cli([...list, ...url()]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/the environment does not have MANAGEMENT_TOKEN, and there is no file \/\S+\/\.env/);
      const shown = await cliOnScreen([...list, ...url()], { answers: { 'Management token': 'typed\r' } });
      expect(shown.stderr).toContain('there is no file');
      expect(shown.stderr).toContain('the token is from your input.');
    } finally {
      process.chdir(before);
    }
  });
});

/** A folder without a `.env`. */
function folderWithoutEnv(): string {
  return new URL('../contract', import.meta.url).pathname;
}
