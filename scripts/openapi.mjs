// Writes api/openapi.yaml from the built program. With --check it fails when the committed copy differs.
// Fails when the document has a fault.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { faultsOf } from './openapi.lint.mjs';

const COPY = new URL('../api/openapi.yaml', import.meta.url);
const { createApp, listen } = await import('../dist/src/server/app.factory.js');
const { loadConfig } = await import('../dist/src/config/config.loader.js');

const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-openapi-'));
const { config } = loadConfig({
  MANAGEMENT_TOKEN: 'openapi',
  LISTEN_ADDR: '127.0.0.1:0',
  DATABASE_PATH: join(folder, 'proxy.db'),
  LOG_LEVEL: 'silent',
});
const running = await createApp(config);
const response = await fetch(`http://127.0.0.1:${await listen(running, config)}/docs/yaml`);
const payload = await response.text();
await running.app.close();
rmSync(folder, { recursive: true });

if (!process.argv.includes('--check')) {
  mkdirSync(new URL('.', COPY), { recursive: true });
  writeFileSync(COPY, payload);
} else if (readFileSync(COPY, 'utf8') !== payload) {
  process.stderr.write('api/openapi.yaml differs from the code: run `npm run openapi` and commit the file\n');
  process.exitCode = 1;
}

const faults = await faultsOf(payload);
for (const fault of faults) process.stderr.write(`the OpenAPI document: ${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
