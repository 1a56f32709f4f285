import { describe, expect, it } from 'vitest';
import { PROJECT, TOKEN } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

describe('--duration', () => {
  const fixture = CliFixture.forTests({ body: TOKEN });
  const generate = async (duration: string) =>
    fixture.manage(['token', 'generate', '--project', PROJECT.id, '--duration', duration]);

  it.each([
    ['90m', 90],
    ['12h', 720],
    ['30d', 43_200],
    ['1h30m', 90],
    ['1.5h', 90],
    ['3600s', 60],
    ['365d', 525_600],
    ['60', 60],
  ])('%s is %i minutes', async (text, minutes) => {
    expect((await generate(text)).code).toBe(0);
    expect(fixture.lastCall.body).toMatchObject({ duration_minutes: minutes });
  });

  it.each(['0', '0m', '30s', '366d', '1y', '30 d', '30D', '-1d', ' '])('%j is refused with the units', async (text) => {
    const { code, stderr } = await generate(text);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^llm-proxy: .*(?:such as 90m, 12h or 30d|argument missing)/);
    expect(fixture.api.calls).toEqual([]);
  });
});
