import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENCRYPTION_KEY, MANAGEMENT_TOKEN, TestApp, UPSTREAM_KEY } from '../support/app.js';
import { operator } from '../support/operators.js';
import { secretForms } from '../support/secret.forms.js';

describe('the audit log', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.close());

  it('has no secret, wherever a client writes one', async () => {
    const project = await app.project();
    const token = await app.token({ project_id: project.id });
    const { token: credential, id: person } = await operator(app, { role: 'admin' });
    const secrets = [MANAGEMENT_TOKEN, ENCRYPTION_KEY, UPSTREAM_KEY, token.token, credential];
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
    const all = JSON.stringify(rows);
    for (const secret of secrets)
      expect([secret, secretForms(secret).filter((form) => all.includes(form))]).toEqual([secret, []]);
    expect(all).toContain('of a client');
  });
});
