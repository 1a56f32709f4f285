import { afterEach, describe, expect, it, vi } from 'vitest';
import { PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

const ESCAPE = '\u001b[';

describe('colour', () => {
  const fixture = CliFixture.forTests({ body: [PROJECT] });
  const list = ['project', 'list'];
  const on = (variables: Record<string, string | undefined>): void => {
    for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'TERM', 'CI'])
      vi.stubEnv(name, variables[name]);
  };
  afterEach(() => vi.unstubAllEnvs());

  it('is at a terminal', async () => {
    on({ TERM: 'xterm-256color' });
    expect((await fixture.manageOnScreen(list)).stdout).toContain(ESCAPE);
    expect((await fixture.manageOnScreen(['project', 'get', 'none'])).stderr).toContain(ESCAPE);
  });

  it.each([{ NO_COLOR: '1', TERM: 'xterm' }, { TERM: 'dumb' }, { FORCE_COLOR: '0', TERM: 'xterm' }])(
    'is off with %j',
    async (variables) => {
      on(variables);
      expect((await fixture.manageOnScreen(list)).stdout).not.toContain(ESCAPE);
      expect((await fixture.manageOnScreen(['project', 'get', 'none'])).stderr).not.toContain(ESCAPE);
    },
  );

  it('is not in a pipe, unless FORCE_COLOR asks for it', async () => {
    on({ TERM: 'xterm-256color' });
    expect((await fixture.manage(list)).stdout).not.toContain(ESCAPE);
    on({ TERM: 'xterm-256color', FORCE_COLOR: '1' });
    expect((await fixture.manage(list)).stdout).toContain(ESCAPE);
  });

  it('is never in JSON', async () => {
    on({ FORCE_COLOR: '1' });
    const { stdout, stderr } = await fixture.manageOnScreen([...list, '--json']);
    expect(stdout + stderr).not.toContain(ESCAPE);
  });
});
