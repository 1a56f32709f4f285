import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/cli.api.js';
import { CliFixture } from '../support/cli.fixture.js';

describe('lists of more than one page', () => {
  const fixture = CliFixture.forTests(({ url }) => {
    const page = Number(new URL(url, 'http://localhost').searchParams.get('page'));
    const next = '<https://elsewhere.example/manage/projects?page=9>; rel="next"';
    return {
      body: [{ ...PROJECT, name: `on page ${page}` }],
      headers: { 'x-total-count': '3', link: page < 3 ? next : '</x>; rel="last"' },
    };
  });

  const list = async (...flags: string[]): Promise<string[]> => {
    const { stdout } = await fixture.manage(['project', 'list', '--json', ...flags]);
    return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  };

  it('are read to their end, on the same server', async () => {
    expect(await list()).toEqual(['on page 1', 'on page 2', 'on page 3']);
    expect(await list('--page-size', '1')).toHaveLength(3);
    expect(fixture.api.calls).toHaveLength(6);
  });

  it('are cut to the page asked for', async () => {
    expect(await list('--page', '2', '--page-size', '1')).toEqual(['on page 2']);
    expect(fixture.api.calls.map(({ url }) => url)).toEqual(['/manage/projects?page=2&page_size=1']);
  });

  it('end when the server keeps promising more', async () => {
    fixture.api.answer(() => ({ body: [], headers: { link: '</x>; rel="next"' } }));
    expect(await list()).toEqual([]);
  });
});
