import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, TestApp, until, UPSTREAM_KEY } from '../support/app.js';
import { operator } from '../support/operators.js';
import { secretForms } from '../support/secret.forms.js';

/** A password with `@` in it is a valid one. */
const PROXY_PASSWORD = 'canary@of@the@proxy';
/** Secrets of other variables; some are only a part of one. */
const FORMER_TOKEN = 'canary-former-management-0123456789';
const METRICS_SECRET = 'canary-metrics-0123456789';
const LIMIT_SECRET = 'canary-limits-0123456789-0123456789';
const HEADER_SECRET = 'canary-header-0123456789';
const QUERY_SECRET = 'canary-query-0123456789';
const WEBHOOK_SECRET = Buffer.alloc(24, 'canary').toString('base64');
const OF_PARTS = [FORMER_TOKEN, METRICS_SECRET, LIMIT_SECRET, HEADER_SECRET, QUERY_SECRET, WEBHOOK_SECRET];

describe('the audit log', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'llm-proxy-canary-'));
    app = await TestApp.start({
      AUDIT_LOG_FILE: join(folder, 'audit.log'),
      UPSTREAM_PROXY: `http://user:${PROXY_PASSWORD}@127.0.0.1:9`,
      MANAGEMENT_TOKEN_PREVIOUS: FORMER_TOKEN,
      METRICS_TOKEN: METRICS_SECRET,
      DISTRIBUTED_RATE_LIMIT_KEY_SECRET: LIMIT_SECRET,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${HEADER_SECRET}`,
      SINK_WEBHOOK_URL: `https://hooks.example/x?key=${QUERY_SECRET}`,
      SINK_WEBHOOK_SECRET: `whsec_${WEBHOOK_SECRET}`,
    });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  it('has no secret, wherever a client writes one', async () => {
    const project = await app.project();
    const token = await app.token({ project_id: project.id });
    const { token: credential, id: person } = await operator(app, { role: 'admin' });
    const secrets = [
      MANAGEMENT_TOKEN,
      ENCRYPTION_KEY,
      UPSTREAM_KEY,
      token.token,
      credential,
      PROXY_PASSWORD,
      ...OF_PARTS,
    ];
    const send = (method: string, path: string, body: string, headers: Record<string, string> = {}) =>
      fetch(`${app.url}/manage/${path}`, {
        method,
        headers: { authorization: `Bearer ${MANAGEMENT_TOKEN}`, 'content-type': 'application/json', ...headers },
        body,
      });
    for (const secret of secrets) {
      const text = JSON.stringify(`x ${secret} y`);
      const patch = `{"name":${text},"note":${text},"owner":${text},"labels":{"team":${text}}}`;
      for (const field of ['name', 'note', 'owner']) {
        await send('PATCH', `tokens/${token.id}`, `{${JSON.stringify(field)}:${text}}`);
        await send('PATCH', `projects/${project.id}`, `{${JSON.stringify(field)}:${text}}`);
      }
      await send('PATCH', `projects/${project.id}`, patch);
      await send('PATCH', `projects/${project.id}`, JSON.stringify({ api_key: secret }));
      await send('PATCH', `projects/${project.id}`, JSON.stringify({ labels: { team: secret } }));
      await send('PATCH', `operators/${person}`, `{"name":${text}}`);
      await send('PATCH', `tokens/${encodeURIComponent(secret)}`, '{"name":"x"}');
      await send('PATCH', `tokens/${token.id}?key=${encodeURIComponent(secret)}`, '{}');
      await send('POST', 'projects', text.slice(0, -1));
      await send('POST', 'projects', JSON.stringify({ [secret]: secret }));
      const headers = { 'user-agent': secret, 'x-request-id': secret, 'x-correlation-id': secret };
      await send('PATCH', `tokens/${token.id}`, '{"note":"of a client"}', headers);
      for (const authorization of [`Basic ${secret}`, `Bearer ${secret}x`, secret])
        await send('POST', 'projects', '{}', { authorization });
    }
    const rows: object[] = await app.running.app.get(DataSource).query('SELECT * FROM audit_events');
    expect(rows.length).toBeGreaterThan(secrets.length * 10);
    const texts = await everywhere(app, rows, join(folder, 'audit.log'));
    for (const [where, text] of Object.entries(texts)) {
      for (const secret of secrets)
        expect([where, secret, secretForms(secret).filter((form) => text.includes(form))]).toEqual([where, secret, []]);
    }
    for (const text of [texts.table, texts.file, texts.exported])
      expect([text.includes('of a client'), text.includes('http://127.0.0.1:9')]).toEqual([true, true]);
    expect(texts.log).toContain('/manage/projects');
  });
});

/** All places that a row gets to. */
async function everywhere(
  app: TestApp,
  rows: readonly object[],
  path: string,
): Promise<Record<'table' | 'file' | 'exported' | 'log', string>> {
  const exported = await (await app.manage('GET', '/manage/audit/export')).text();
  const file = (): string => readFileSync(path, 'utf8');
  await until('the file has the rows', () => file().split('\n').length > rows.length);
  return { table: JSON.stringify(rows), file: file(), exported, log: app.log };
}
