import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Variables } from '../../src/config/values/variables.js';
import { MANAGEMENT_TOKEN } from './app.js';
import { cli, type CliResult } from './cli.run.js';

/** Runs `llm-proxy migrate …` in this process, with `variables` in an `--env` file. */
export async function migrate(argv: readonly string[], variables: Variables, input = ''): Promise<CliResult> {
  const env = envFile(variables);
  try {
    return await cli(['migrate', ...argv, '--env', env.path], input);
  } finally {
    env.remove();
  }
}

/** A `.env` of its own; the management token is in it. */
export function envFile(variables: Variables): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-env-'));
  const path = join(folder, '.env');
  const lines = Object.entries({ MANAGEMENT_TOKEN, ...variables }).filter(([, value]) => value !== undefined);
  writeFileSync(path, lines.map(([name, value]) => `${name}=${value}\n`).join(''), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
