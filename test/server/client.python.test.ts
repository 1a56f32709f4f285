import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { MANAGEMENT_TOKEN, TestApp } from '../support/app.js';

const run = promisify(execFile);
const generator = inject('pythonClientGenerator');

const PROGRAM = `
import json, os
from llm_proxy import AuthenticatedClient
from llm_proxy.api.health import get_health
from llm_proxy.api.projects import create_project, delete_project, get_project
from llm_proxy.api.tokens import create_token, list_tokens, revoke_project_tokens, update_token
from llm_proxy.models import CreateProject, CreateToken, UpdateToken

client = AuthenticatedClient(base_url=os.environ["PROXY_URL"], token=os.environ["MANAGEMENT_TOKEN"])
project = create_project.sync(client=client, body=CreateProject(name="python", api_key="sk-0123456789abcdef"))
token = create_token.sync(client=client, body=CreateToken(project_id=project.id, max_requests=3))
changed = update_token.sync(token.id, client=client, body=UpdateToken(is_active=False))
listed = list_tokens.sync(client=client)
revoked = revoke_project_tokens.sync(project.id, client=client)
deleted = delete_project.sync_detailed(project.id, client=client)
missing = get_project.sync(project.id, client=client)
health = get_health.sync(client=client)
print(json.dumps([token.remaining_requests, changed.is_active, len(listed), revoked.total_tokens,
                  deleted.status_code.value, missing.code, health.status.value]))
`;

/** The interpreter that has the generator's packages, which the client needs too. */
function interpreterOf(script: string): string {
  const beside = join(dirname(realpathSync(script)), 'python3');
  return existsSync(beside) ? beside : /^#!(.+)/.exec(readFileSync(script, 'utf8'))![1]!.trim();
}

describe.skipIf(generator === null)('a generated Python client', () => {
  let app: TestApp;
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-python-'));
  beforeAll(async () => {
    app = await TestApp.start();
    const target = ['--output-path', join(folder, 'llm_proxy'), '--meta', 'none'];
    await run(generator!, ['generate', '--path', resolve('api/openapi.yaml'), ...target]);
    writeFileSync(join(folder, 'client.py'), PROGRAM);
  }, 60_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await app.close();
  });

  it('manages projects and tokens', async () => {
    const { stdout } = await run(interpreterOf(generator!), ['client.py'], {
      cwd: folder,
      env: { PROXY_URL: app.url, MANAGEMENT_TOKEN },
    });
    expect(JSON.parse(stdout)).toEqual([3, false, 1, 1, 204, 'project_not_found', 'ok']);
  }, 60_000);
});
