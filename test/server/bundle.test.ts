import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN } from '../support/app.js';
import { scratch } from '../support/cli.run.js';
import { refused } from '../support/refusal.js';

interface Line {
  msg?: string;
  port?: number;
  err?: { stack: string };
}

/** Everything else is in the bundle. */
const BESIDE_IT = ['mysql2', 'redis', 'swagger-ui-dist'];

describe('what npm packs, with three of its libraries', () => {
  const home = scratch();
  const lines: Line[] = [];
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
    const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
    for (const { path } of files) {
      mkdirSync(dirname(home.path(path)), { recursive: true });
      cpSync(path, home.path(path));
    }
    mkdirSync(home.path('node_modules'));
    for (const name of BESIDE_IT) symlinkSync(realpathSync(`node_modules/${name}`), home.path(`node_modules/${name}`));
    server = spawn(process.execPath, [home.path('bin/llm-proxy.cjs'), 'server'], {
      cwd: home.path('.'),
      env: { MANAGEMENT_TOKEN, ENCRYPTION_KEY, LISTEN_ADDR: '127.0.0.1:0', DATABASE_PATH: home.path('proxy.db') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise((listens, ends) => {
      createInterface({ input: server.stdout! }).on('line', (text) => {
        const line = JSON.parse(text) as Line;
        lines.push(line);
        if (line.msg === 'listening') listens(line.port);
      });
      server.once('exit', () => ends(new Error('the server ended before it listened')));
    });
    url = `http://127.0.0.1:${String(port)}`;
  });

  afterAll(async () => {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
    home.remove();
  });

  it('refuses a path that is no UTF-8 before the router sees it', async () => {
    const response = await fetch(`${url}/manage/tokens/%c3`, { method: 'DELETE' });
    expect(await refused(response)).toMatchObject({ status: 400, code: 'target_invalid' });
  });

  it.each([
    ['/docs', 'text/html', 'docs/page.js'],
    ['/docs/', 'text/html', './page.js'],
    ['/docs/page.js', 'text/javascript', 'SwaggerUIBundle('],
    ['/docs/page.css', 'text/css', 'body'],
    ['/docs/swagger-ui.css', 'text/css', '.swagger-ui'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript', 'SwaggerUIBundle'],
    ['/docs/json', 'application/json', '"/manage/projects"'],
    ['/docs/yaml', 'text/yaml', '/manage/projects:'],
  ])('serves %s', async (path, type, part) => {
    const answer = await fetch(`${url}${path}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining(type)]);
    expect(await answer.text()).toContain(part);
  });

  it('runs the other commands', () => {
    const run = (...argv: string[]) =>
      execFileSync(process.execPath, [home.path('bin/llm-proxy.cjs'), ...argv], {
        env: { MANAGEMENT_TOKEN },
        encoding: 'utf8',
      });
    expect(run('manage', 'project', 'list', '--json', '--manage-api-base-url', url)).toBe('[]\n');
    expect(run('manage', 'project')).toMatch(/^Usage: llm-proxy manage project/);
  });

  it('names our sources in the stacks of what it logs', async () => {
    const store = new DatabaseSync(home.path('proxy.db'));
    store.exec('DROP TABLE projects');
    store.close();
    const headers = { authorization: `Bearer ${MANAGEMENT_TOKEN}` };
    expect((await fetch(`${url}/manage/projects`, { headers })).status).toBeGreaterThanOrEqual(500);
    await expect.poll(() => lines.find(({ err }) => err)?.err?.stack).toMatch(/ \(?src\/[\w/.]+\.ts:\d+:\d+\)?$/m);
  });
});

it('the build leaves what Node keeps of the code it compiled', () => {
  expect(readdirSync('dist/cache', { recursive: true }).length).toBeGreaterThan(10);
});
