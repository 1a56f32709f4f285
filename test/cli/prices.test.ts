import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { parsePriceFile } from '../../src/openai/prices/price.file.js';
import { cli, scratch } from '../support/cli.run.js';

const files = scratch();
afterAll(() => files.remove());
const env = files.file('.env', '');
const OWN = `# ours
extends: openai
models:
  house-model: [house-*]
prices:
- { model: house-model, from: 2026-01-01, input: 1000000, output: 2000000 }
- { model: house-model, from: 2026-01-01, above: 1000, input: 3000000 }
- { model: house-model, tier: batch, from: 2026-02-01, input: 500000, second: 100000000 }
`;

describe('prices show', () => {
  const ownEnv = files.file('own.env', `PRICES_PATH=${files.file('own.yaml', OWN)}\n`);
  const show = (...argv: string[]) => cli(['prices', 'show', ...argv]);

  it('shows the prices of a model on a day, by the name that covers it', async () => {
    const { code, stdout } = await show('gpt-5.6-terra-2026-08-01', '--at', '2026-07-30', '--env', env);
    expect(code).toBe(0);
    expect(stdout).toContain('gpt-5.6-terra-2026-08-01 has the prices of gpt-5.6-terra\n');
    expect(stdout).toMatch(/^default +- +input +\$2 \/ 1M tokens +2026-07-30$/m);
    expect(stdout).toMatch(/^default +271999 +output +\$18 \/ 1M tokens +2026-07-30$/m);
    expect(stdout).toMatch(/^flex +- +cached +\$0\.1 \/ 1M tokens +2026-07-30$/m);
    expect((await show('gpt-5.6-terra', '--at', '2026-07-30T01:00:00+02:00', '--env', env)).stdout).toMatch(
      /^default +- +input +\$2\.5 \/ 1M tokens /m,
    );
  });

  it('shows the file of PRICES_PATH, as JSON too', async () => {
    const { stdout } = await show('house-x', '--at', '2026-02-01', '--json', '--env', ownEnv);
    const place = { tier: 'default', above: 0, from: '2026-01-01' };
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'house-x',
      name: 'house-model',
      at: '2026-02-01',
      prices: [
        { ...place, unit: 'input', pico_usd: 1_000_000 },
        { ...place, above: 1000, unit: 'input', pico_usd: 3_000_000 },
        { ...place, unit: 'output', pico_usd: 2_000_000 },
        { tier: 'batch', above: 0, from: '2026-02-01', unit: 'input', pico_usd: 500_000 },
        { tier: 'batch', above: 0, from: '2026-02-01', unit: 'second', pico_usd: 100_000_000 },
      ],
    });
    expect((await show('house-x', '--at', '2026-02-01', '--env', ownEnv)).stdout).toContain('$0.0001 each');
  });

  it('shows all models without one', async () => {
    const { code, stdout } = await show('--env', ownEnv);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^MODEL +\$ \/ 1M INPUT +CACHED +OUTPUT$/m);
    expect(stdout).toMatch(/^gpt-6-astra +10 +1 +50$/m);
    expect(stdout).toMatch(/^house-model +1 +- +2$/m);
    expect(stdout).toMatch(/^Newest price: 20\d\d-\d\d-\d\d$/m);
    const { models } = JSON.parse((await show('--at', '2020-01-01', '--json', '--env', ownEnv)).stdout) as {
      models: { model: string }[];
    };
    expect(models.map(({ model }) => model)).not.toContain('house-model');
  });

  it('fails for a model without a price', async () => {
    expect(await show('nova', '--at', '2026-07-30', '--env', env)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'llm-proxy: the price list has no price of nova on 2026-07-30\n',
    });
    expect((await show('house-x', '--at', '2025-01-01', '--env', ownEnv)).code).toBe(1);
  });

  it.each(['yesterday', '2026-02-30', '2026-13-01', '2026-01-01T00:00:00', '20260101'])(
    'refuses --at %s',
    async (at) => {
      expect((await show('--at', at)).code).toBe(2);
    },
  );

  it('refuses a file with an error', async () => {
    const broken = files.file('broken.env', `PRICES_PATH=${files.file('broken.yaml', 'prices: 1')}\n`);
    const { code, stderr } = await show('--env', broken);
    expect([code, stderr]).toEqual([78, expect.stringContaining('prices must be a list')]);
  });
});

describe('prices check', () => {
  it('counts the entries of a valid file', async () => {
    const path = files.file('good.yaml', OWN);
    expect(await cli(['prices', 'check', path])).toEqual({
      code: 0,
      stdout: `${path}: 3 entries, 1 models\n`,
      stderr: '',
    });
  });

  it('names the line of each problem', async () => {
    const path = files.file('bad.yaml', `${OWN}- { model: m, input: 1 }\n- { model: m, from: 2026-01-01 }\n`);
    const { code, stdout, stderr } = await cli(['prices', 'check', path]);
    expect([code, stderr]).toEqual([1, 'llm-proxy: 2 problems\n']);
    expect(stdout).toBe(
      `${path}: line 9: from must be a date such as 2026-07-30\n${path}: line 10: has no price: name one of input, cached, cache_write_30m, cache_write_12h, output, …\n`,
    );
    const { stdout: json } = await cli(['prices', 'check', path, '--json']);
    expect(JSON.parse(json)).toMatchObject({ ok: false, problems: [{}, {}].map(() => expect.any(String) as string) });
  });

  it('fails without the file, and without its name', async () => {
    expect((await cli(['prices', 'check', files.path('none.yaml')])).code).toBe(1);
    expect((await cli(['prices', 'check'])).code).toBe(2);
  });
});

describe('prices import', () => {
  const run = (...argv: string[]) => cli(['prices', 'import', ...argv, '--env', env]);
  const entries = (path: string) => parsePriceFile(readFileSync(path, 'utf8')).document?.prices;
  const litellm = files.file(
    'litellm.json',
    JSON.stringify({
      'gpt-6-astra': { litellm_provider: 'openai', input_cost_per_token: 1e-5, output_cost_per_token: 4e-5 },
      'gpt-7-nova': { litellm_provider: 'openai', input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
    }),
  );

  it('makes a file of what the list does not have', async () => {
    const into = files.path('made.yaml');
    const { code, stdout } = await run(litellm, '--into', into, '--from', '2026-11-28');
    expect([code, stdout]).toEqual([
      0,
      `${into}: 2 entries appended, 1 prices unchanged\n  gpt-6-astra\n  gpt-7-nova\n`,
    ]);
    expect(entries(into)).toEqual([
      { model: 'gpt-6-astra', from: '2026-11-28', output: 40_000_000 },
      { model: 'gpt-7-nova', from: '2026-11-28', input: 1_000_000, output: 2_000_000 },
    ]);
    expect(readFileSync(into, 'utf8')).toMatch(/^extends: openai$/m);
    expect((await run(litellm, '--into', into, '--from', '2026-11-29')).stdout).toBe(
      `${into}: 0 entries appended, 4 prices unchanged\n`,
    );
  });

  it('appends to a file and leaves its text as it is', async () => {
    const into = files.file('kept.yaml', OWN.trimEnd());
    const later = files.file(
      'later.yaml',
      'prices: [{ model: house-model, from: 2026-12-01, input: 7, output: 2000000 }]',
    );
    expect((await run(later, '--into', into, '--json')).code).toBe(0);
    expect(readFileSync(into, 'utf8')).toBe(`${OWN}- { model: house-model, from: 2026-12-01, input: 7 }\n`);
  });

  it('reads a list of genai-prices', async () => {
    const models = [{ id: 'gpt-7-nova', prices: { input_mtok: 1 } }];
    const source = files.file('genai.json', JSON.stringify([{ id: 'openai', models }]));
    const into = files.path('genai.yaml');
    const { stdout } = await run(source, '--into', into, '--from', '2026-11-28', '--json', '--dry-run');
    expect(JSON.parse(stdout)).toEqual({
      dry_run: true,
      file: into,
      added: [{ model: 'gpt-7-nova', from: '2026-11-28', input: 1_000_000 }],
      unchanged: 0,
      older: 0,
    });
    expect(existsSync(into)).toBe(false);
  });

  it('says which prices it does not change', async () => {
    const into = files.file('older.yaml', OWN);
    const source = files.file('source.yaml', 'prices: [{ model: house-model, from: 2026-01-01, input: 9 }]');
    const { stdout } = await run(source, '--into', into);
    expect(stdout).toContain('1 prices differ from entries of the same or a later date, which are not changed');
    expect(readFileSync(into, 'utf8')).toBe(OWN);
  });

  it.each([
    ['prices first', `prices:\n- { model: m, from: 2026-01-01, input: 1 }\nmodels: {}\n`],
    ['prices in one line', 'prices: [{ model: m, from: 2026-01-01, input: 1 }]\n'],
  ])('does not change a file with %s', async (_, text) => {
    const into = files.file('other.yaml', text);
    const { code, stderr } = await run(litellm, '--into', into);
    expect([code, stderr]).toEqual([1, expect.stringContaining('entries cannot be appended')]);
    expect(readFileSync(into, 'utf8')).toBe(text);
  });

  it.each([
    ['text.json', '{ not json', 'is not JSON'],
    ['other.json', '{"a":1}', 'is neither a list of genai-prices nor of LiteLLM'],
    ['bad.yaml', 'prices: 1', 'prices must be a list'],
  ])('refuses %s', async (name, text, problem) => {
    const { code, stderr } = await run(files.file(name, text), '--into', files.path('unmade.yaml'));
    expect([code, stderr]).toEqual([1, expect.stringContaining(problem)]);
    expect(existsSync(files.path('unmade.yaml'))).toBe(false);
  });

  it('needs a file to read and one to append to', async () => {
    expect((await run(files.path('none.json'), '--into', files.path('x.yaml'))).code).toBe(1);
    expect((await run(litellm)).stderr).toBe('llm-proxy: --into is required, because PRICES_PATH is not set\n');
  });
});
