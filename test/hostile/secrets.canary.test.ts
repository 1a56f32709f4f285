import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource, TypeORMError } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerSql } from '../../src/token/ledger/ledger.sql.js';
import { Browser, SAME_ORIGIN } from '../admin/browser.js';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, TestApp, type TokenAnswer, UPSTREAM_KEY } from '../support/app.js';
import { operator } from '../support/operators.js';
import { RecordingUpstream } from '../support/recording.upstream.js';
import { secretForms } from '../support/secret.forms.js';
import { answer as answering } from '../support/upstream.scenarios.js';

const PREVIOUS_KEY = Buffer.from('previous-key-canary-ABCDEFGHIJKL').toString('base64');
const PREVIOUS_TOKEN = 'mgmt-previous-canary-0123456789abcdef';
const LIMIT_SECRET = 'limit-key-secret-canary-0123456789';

describe('SL-01 SL-02 SL-04 no secret leaves', () => {
  let app: TestApp;
  let upstream: RecordingUpstream;
  let token: TokenAnswer;
  /** Every response: its head and its body. */
  const answers: string[] = [];
  let created = '';
  let operatorSecret = '';
  let sessionSecret = '';

  async function call(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<void> {
    const answer = await fetch(`${app.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) }).catch(
      () => undefined,
    );
    if (!answer) return;
    answers.push(`${answer.status} ${JSON.stringify([...answer.headers])}\n${await answer.text().catch(String)}`);
  }
  const JSON_BODY = { 'content-type': 'application/json' };
  const OPERATOR = { authorization: `Bearer ${MANAGEMENT_TOKEN}`, ...JSON_BODY };
  const manage = (method: string, path: string, body?: object) =>
    call(method, path, OPERATOR, body && JSON.stringify(body));
  const signedIn = (method: string, path: string, body?: object) =>
    call(
      method,
      path,
      { cookie: `llm_proxy_session=${sessionSecret}`, ...SAME_ORIGIN, ...JSON_BODY },
      body && JSON.stringify(body),
    );
  const proxied = (path: string, headers: Record<string, string> = {}) =>
    call('POST', path, { authorization: `Bearer ${token.token}`, ...headers }, '{"model":"m"}');

  async function manageEverything(project: string): Promise<void> {
    await manage('GET', '/manage/projects?includeDeleted=true');
    await manage('GET', `/manage/projects/${project}`);
    await manage('PATCH', `/manage/projects/${project}`, { api_key: UPSTREAM_KEY });
    await manage('POST', '/manage/projects', { name: 'twice', api_key: UPSTREAM_KEY });
    await manage('POST', '/manage/projects', { name: 'twice', api_key: UPSTREAM_KEY });
    await manage('GET', '/manage/tokens');
    await manage('GET', `/manage/tokens/${token.id}`);
    await manage('PATCH', `/manage/tokens/${token.id}`, { name: 'renamed' });
    const operators = (await (await app.manage('GET', '/manage/operators')).json()) as { id: string }[];
    for (const path of ['whoami', 'operators', `operators/${operators[0]!.id}`]) await manage('GET', `/manage/${path}`);
    for (const path of ['session', 'sessions']) await signedIn('GET', `/manage/${path}`);
    await signedIn('POST', '/manage/projects', { name: 5 });
    await call('GET', '/manage/session', { cookie: `llm_proxy_session=${sessionSecret.slice(0, -1)}` });
    await manage('PATCH', `/manage/operators/${operators[0]!.id}`, { name: 'renamed' });
    const credentials = { authorization: `Bearer ${operatorSecret}` };
    await call('GET', '/manage/whoami', credentials);
    await call('GET', '/manage/whoami', { authorization: `Bearer ${PREVIOUS_TOKEN}` });
    await call('GET', '/manage/operators', credentials);
    await call('GET', '/v1/models', credentials);
    await call('GET', `/manage/operators/${operatorSecret}`, OPERATOR);
    await call('GET', '/manage/whoami', { authorization: `Basic ${operatorSecret}` });
    await manage('POST', '/manage/projects', { name: 'of an operator', api_key: operatorSecret });
    await manage('POST', '/manage/operators', { name: 5, role: operatorSecret });
    for (const path of ['/docs', '/docs/json', '/docs/yaml', '/docs/swagger-ui-init.js', '/health', '/ready'])
      await call('GET', path);
  }

  async function fail(): Promise<void> {
    await manage('POST', '/manage/projects', { name: UPSTREAM_KEY.repeat(3), api_key: `${UPSTREAM_KEY} ` });
    await manage('POST', '/manage/projects', { name: 5, api_key: UPSTREAM_KEY, note: token.token });
    await call('POST', '/manage/projects', OPERATOR, `{"api_key":"${UPSTREAM_KEY}"`);
    await call(
      'POST',
      `/manage/projects?key=${token.token}`,
      { authorization: `Basic ${MANAGEMENT_TOKEN}`, ...JSON_BODY },
      '{}',
    );
    await call('GET', `/manage/tokens/${token.token}`, OPERATOR);
    await call('GET', `/manage/tokens?projectId=${token.token}`, OPERATOR);
    await call('GET', '/manage/tokens', { authorization: `Bearer ${token.token}` });
    await call('GET', '/v1/models', { authorization: `Bearer ${MANAGEMENT_TOKEN}` });
    await call('GET', '/v1/models', { authorization: `Bearer ${token.token}, Bearer x` });
    await call('GET', `/v1/models?api_key=${token.token}`, {
      cookie: `token=${token.token}`,
      'x-api-key': UPSTREAM_KEY,
    });
    await proxied('/v1/organization/users');
    upstream.once((exchange) => exchange.reset());
    await proxied('/v1/models');
    upstream.once((exchange) => exchange.answer({ status: 401, body: '{"error":{"message":"no"}}' }));
    await proxied('/v1/chat/completions');
  }

  async function failInTheStore(): Promise<void> {
    const lost = new TypeORMError('the store is down');
    Object.assign(lost, { parameters: [UPSTREAM_KEY, token.token], query: `INSERT ${UPSTREAM_KEY}` });
    const store = vi.spyOn(app.running.app.get(DataSource), 'query').mockRejectedValue(lost);
    const ledger = vi.spyOn(app.running.app.get(LedgerSql), 'take').mockRejectedValue(lost);
    await proxied('/v1/chat/completions');
    await call('GET', '/ready');
    ledger.mockRestore();
    store.mockRestore();
    const rows = await app.running.app.get(DataSource).query('SELECT id FROM projects');
    expect(rows).not.toEqual([]);
    // A real error of the database, with the values of the statement in it.
    await app.running.app.get(DataSource).query('ALTER TABLE projects RENAME TO gone');
    await manage('POST', '/manage/projects', { name: 'without a table', api_key: UPSTREAM_KEY });
    await manage('GET', '/manage/projects');
    await app.running.app.get(DataSource).query('ALTER TABLE gone RENAME TO projects');
  }

  beforeAll(async () => {
    upstream = await RecordingUpstream.start();
    app = await TestApp.start({
      OPENAI_API_URL: upstream.baseUrl,
      LOG_LEVEL: 'trace',
      ENCRYPTION_KEY_PREVIOUS: PREVIOUS_KEY,
      MANAGEMENT_TOKEN_PREVIOUS: PREVIOUS_TOKEN,
      DISTRIBUTED_RATE_LIMIT_KEY_SECRET: LIMIT_SECRET,
    });
    const project = await app.project();
    token = await app.token({ project_id: project.id, max_requests: 50 });
    created = token.token;
    operatorSecret = (await operator(app, { name: 'an operator' })).token;
    sessionSecret = (await Browser.signedIn(app, { name: 'canary' })).secret;
    await proxied('/v1/chat/completions');
    await proxied('/v1/files?purpose=x', { 'x-api-key': UPSTREAM_KEY, cookie: `a=${token.token}` });
    await manageEverything(project.id);
    await fail();
    await failInTheStore();
    await manage('POST', `/manage/projects/${project.id}/tokens/revoke`);
    await proxied('/v1/models');
    await manage('DELETE', `/manage/projects/${project.id}`);
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
  });

  const secrets = (): [string, string][] => [
    ['the token', created],
    ['the credential of the operator', operatorSecret],
    ['the cookie of the session', sessionSecret],
    ['the previous management token', PREVIOUS_TOKEN],
    ['the upstream key', UPSTREAM_KEY],
    ['the management token', MANAGEMENT_TOKEN],
    ['the encryption key', ENCRYPTION_KEY],
    ['the encryption key’s bytes', Buffer.from(ENCRYPTION_KEY, 'base64').toString()],
    ['the previous encryption key', PREVIOUS_KEY],
    ['the previous encryption key’s bytes', Buffer.from(PREVIOUS_KEY, 'base64').toString()],
    ['the secret of the limits’ keys', LIMIT_SECRET],
  ];
  function expectNone(where: string, text: string): void {
    expect(text.length).toBeGreaterThan(100);
    const hits = secrets().flatMap(([what, secret]) =>
      secretForms(secret)
        .filter((form) => text.includes(form))
        .map((form) => `${what} in ${where}: ${form}`),
    );
    expect(hits).toEqual([]);
  }

  it('the search would find them', () => {
    for (const [, secret] of secrets())
      for (const form of secretForms(secret))
        expect(() => expectNone('a probe', `${'.'.repeat(100)}${form}${'.'.repeat(100)}`)).toThrow();
  });

  it('the calls went where they should', () => {
    const statuses = new Set(answers.map((answer) => answer.slice(0, 3)));
    for (const status of ['200', '201', '400', '401', '403', '409', '502', '503'])
      expect([...statuses]).toContain(status);
    expect(upstream.requests.some((request) => request.header('authorization') === `Bearer ${UPSTREAM_KEY}`)).toBe(
      true,
    );
  });

  it('in the log, at trace level', () => {
    expect(app.log).toContain('store_unavailable');
    expectNone('the log', app.log);
  });

  it('in any response but the one that creates the token', () => {
    for (const answer of answers) expectNone('an answer', answer.padEnd(101));
  });

  it('in any response as a stack, a path, SQL or a host', () => {
    const leaks = answers.filter(
      (answer) =>
        !answer.includes('swagger') &&
        /node_modules|\.ts:\d|at \w+ \(|SELECT |INSERT |SQLITE|127\.0\.0\.1:|\/tmp\//.test(answer),
    );
    expect(leaks).toEqual([]);
  });

  it('in the database, its journal, or anything beside it', () => {
    const files = readdirSync(app.folder);
    expect(files).toEqual(expect.arrayContaining(['proxy.db', 'proxy.db-wal']));
    const content = files.map((name) => readFileSync(join(app.folder, name)).toString('latin1')).join('\n');
    expectNone('the database', content);
    for (const secret of [created, operatorSecret])
      expect(content).not.toContain(createHash('sha256').update(secret).digest('hex'));
  });
});

describe('a credential typed where a path was meant', () => {
  it('SL-08 is not in the log', async () => {
    const app = await TestApp.start({ LOG_LEVEL: 'trace' });
    const { token } = await app.token();
    for (const path of [
      `/${MANAGEMENT_TOKEN}`,
      `/manage/projects/${MANAGEMENT_TOKEN}`,
      `/v1/${token}`,
      `/manage/${token}/x`,
    ])
      await fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    await app.close();
    expect(app.accessLines.length).toBeGreaterThan(4);
    expect(app.log).not.toContain(MANAGEMENT_TOKEN);
    expect(app.log).not.toContain(token);
  });
});

describe('the text of requests and responses', () => {
  it('SL-13 is stored nowhere', async () => {
    const upstream = await RecordingUpstream.start();
    upstream.reply(answering({ body: '{"said":"answer-canary"}' }));
    const app = await TestApp.start({ OPENAI_API_URL: upstream.baseUrl, LOG_LEVEL: 'trace' });
    const { token } = await app.token();
    const said = await fetch(`${app.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"input":"prompt-canary"}',
    });
    expect(await said.text()).toContain('answer-canary');
    const stored = readdirSync(app.folder).map((file) => readFileSync(join(app.folder, file), 'latin1'));
    expect(stored.join('') + app.log).not.toMatch(/prompt-canary|answer-canary/);
    await app.close();
    await upstream.close();
  });
});
