import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../support/app.js';
import { BuiltServer } from '../support/built.server.js';

describe.skipIf(process.platform === 'win32')('a server that ends at once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-ends-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has written its last lines', async () => {
    const file = join(folder, 'ends.mjs');
    writeFileSync(file, `process.on('SIGUSR2', () => process.exit(9));`);
    const server = await BuiltServer.start({ NODE_OPTIONS: `--import=${file}` });
    await fetch(`http://127.0.0.1:${server.port}/v1/models`);
    const closed = once(server.process, 'close');
    expect(await server.stop('SIGUSR2')).toBe(9);
    await closed;
    await until('the line', () => server.lines.some((line) => line.includes('token_missing')), 2000);
  });
});
