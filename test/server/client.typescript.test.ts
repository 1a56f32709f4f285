import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import openapiTypes, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';

const run = promisify(execFile);
const COMPILER = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const OPTIONS = '--noEmit --strict --skipLibCheck --module nodenext --target es2023 --lib es2023,dom --types node';

const PROGRAM = `
import createClient from 'openapi-fetch';
import type { paths } from './api.ts';

const client = createClient<paths>({
  baseUrl: process.env['PROXY_URL']!,
  headers: { authorization: \`Bearer \${process.env['MANAGEMENT_TOKEN']}\` },
});
function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the call failed');
  return value;
}
const project = present((await client.POST('/manage/projects', { body: { name: 'typescript', api_key: 'sk-0123456789abcdef' } })).data);
const token = present((await client.POST('/manage/tokens', { body: { project_id: project.id, max_requests: 3 } })).data);
const path = { id: token.id };
const changed = present((await client.PATCH('/manage/tokens/{id}', { params: { path }, body: { is_active: false } })).data);
const listed = present((await client.GET('/manage/tokens', { params: { query: { projectId: project.id } } })).data);
const revoked = present((await client.POST('/manage/projects/{id}/tokens/revoke', { params: { path: { id: project.id } } })).data);
const { response } = await client.DELETE('/manage/projects/{id}', { params: { path: { id: project.id } } });
const { error } = await client.GET('/manage/projects/{id}', { params: { path: { id: project.id } } });
const health = present((await client.GET('/health')).data);
// @ts-expect-error a number is not text
void (() => client.PATCH('/manage/tokens/{id}', { params: { path }, body: { max_requests: 'three' } }));
const remaining: number | null = token.remaining_requests;
const code: string | undefined = error?.code;
console.log(JSON.stringify([remaining, changed.is_active, listed.length, revoked.total_tokens, response.status, code, health.status]));
`;

describe('a generated TypeScript client', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await TestApp.start();
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-client-'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
    const types = await openapiTypes(readFileSync('api/openapi.yaml', 'utf8'));
    writeFileSync(join(folder, 'api.ts'), astToString(types));
    writeFileSync(join(folder, 'client.ts'), PROGRAM);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await app.close();
  });

  it('compiles', async () => {
    const options = [...OPTIONS.split(' '), '--allowImportingTsExtensions', '--ignoreConfig', 'client.ts'];
    const result = await run(process.execPath, [COMPILER, ...options], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(result.stdout).toBe('');
  }, 60_000);

  it('manages projects and tokens', async () => {
    const { stdout } = await run(process.execPath, ['client.ts'], {
      cwd: folder,
      env: { PROXY_URL: app.url, MANAGEMENT_TOKEN, NODE_NO_WARNINGS: '1' },
    });
    expect(JSON.parse(stdout)).toEqual([3, false, 1, 1, 204, 'project_not_found', 'ok']);
  });
});
