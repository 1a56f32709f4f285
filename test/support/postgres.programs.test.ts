import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { localPostgres, npmPostgres, type PostgresPrograms } from './postgres.programs.js';
import { PostgresServer } from './postgres.server.js';

const npm = npmPostgres();
const local = localPostgres();

async function expectServes(programs: PostgresPrograms): Promise<void> {
  const server = await PostgresServer.start({}, programs);
  onTestFinished(() => server.stop());
  await expect(PostgresServer.ping(server.url)).resolves.toBeUndefined();
}

describe('PostgreSQL serves', () => {
  // Started by root, the server runs as another user, which cannot read root's home.
  it.skipIf(npm === null || process.getuid?.() !== 0)('when npm put it into a folder closed to others', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'llm-proxy-closed-'));
    onTestFinished(() => rmSync(closed, { recursive: true }));
    cpSync(npm!.root!, join(closed, 'native'), { recursive: true, preserveTimestamps: true });
    await expectServes({ bin: join(closed, 'native/bin'), root: join(closed, 'native') });
  });

  it.skipIf(local === null)("when it is the machine's own", () => expectServes(local!));
});
