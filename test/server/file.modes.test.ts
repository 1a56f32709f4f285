import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BuiltServer } from '../support/built.server.js';

it.skipIf(process.platform === 'win32')('BS-06 A17 warns of a database file that other users may open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-modes-'));
  const path = join(folder, 'proxy.db');
  writeFileSync(path, '');
  chmodSync(path, 0o644);
  const server = await BuiltServer.start({ DATABASE_PATH: path });
  expect(server.lines.join('\n')).toMatch(/"level":"warn".*proxy\.db holds secrets.*mode 0644/);
  await server.stop();
  rmSync(folder, { recursive: true });
});
