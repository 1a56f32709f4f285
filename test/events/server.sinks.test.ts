import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProxyFixture } from '../support/proxy.fixture.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'sinks-'));
const file = join(folder, 'events.jsonl');

describe('a server with a sink', () => {
  const fixture = ProxyFixture.forTests({ DISPATCHER_SERVICES: 'file', SINK_FILE_PATH: file });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('delivers the event of a request', async () => {
    const lines = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []);
    await until(
      'a line',
      async () => {
        if (lines().length === 0) await fetch(`${fixture.app.url}/v1/models`);
        return lines().some((line) => line.includes('"path":"/v1/models"'));
      },
      20_000,
    );
    expect(JSON.parse(lines()[0]!)).toMatchObject({ kind: 'request', route: 'models', status: 401 });
  });
});
